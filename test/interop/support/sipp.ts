/**
 * One run of SIPp with a scenario of `test/interop/sipp/`: everything that it sends and receives is its output.
 */
import { randomInt } from 'node:crypto'
import { join } from 'node:path'
import { Program } from './program.ts'
import { domain, type InteropServer, password } from './server.ts'

const scenarios = join(import.meta.dirname, '../sipp')

/** SIPp looks for a free port before it takes it: two that start together on one address can choose the same. */
const ownLoopbackAddress = (): string => `127.${randomInt(1, 255)}.${randomInt(255)}.${randomInt(1, 255)}`

export interface SippOptions {
  readonly transport: 'udp' | 'tcp'
  readonly me: string
  readonly peer?: string
  readonly text?: string
  readonly password?: string
  /** Scenario for requests that come from outside. */
  readonly outOfCall?: string
  /** SIPp itself answers NOTIFYs with 200. */
  readonly takesNotifies?: boolean
}

export class Sipp {
  readonly #program: Program

  constructor(server: InteropServer, scenario: string, options: SippOptions) {
    const { transport, me, peer = 'nobody', text = '', outOfCall } = options
    const argv = [`${server.host}:${server.port(transport)}`, '-sf', join(scenarios, `${scenario}.xml`)]
    argv.push('-t', transport === 'udp' ? 'u1' : 't1', '-i', ownLoopbackAddress(), '-m', '1', '-nostdin')
    argv.push('-au', me, '-ap', options.password ?? password)
    for (const [key, value] of Object.entries({ me, peer, text, domain })) argv.push('-key', key, value)
    if (outOfCall !== undefined) argv.push('-oocsf', join(scenarios, `${outOfCall}.xml`))
    if (options.takesNotifies) argv.push('-aa')
    argv.push('-trace_msg', '-message_file', '/dev/stdout', '-trace_err', '-error_file', '/dev/stdout')
    // Through a pipe, which SIPp can open by name; what Node gives a child is a socket.
    this.#program = new Program('bash', ['-o', 'pipefail', '-c', 'sipp "$@" 2>&1 | cat', 'sipp', ...argv], {
      cwd: server.folder,
    })
  }

  /** Waits until it has sent and received this. */
  trace(pattern: RegExp): Promise<RegExpExecArray> {
    return this.#program.prints(pattern)
  }

  isSignedIn(): Promise<RegExpExecArray> {
    return this.trace(/SIP\/2\.0 200 OK[\s\S]+CSeq: 2 REGISTER/)
  }

  /** `0`: the scenario went as it is written. */
  async exits(): Promise<string> {
    const code = await this.#program.exits()
    if (code !== '0') throw new Error(`sipp ended with ${code}:\n${this.#program.output.slice(-8000)}`)
    return code
  }

  stop(): Promise<void> {
    return this.#program.stop()
  }
}
