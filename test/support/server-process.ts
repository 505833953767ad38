/**
 * A server as a process of its own, in a folder of its own, on free ports of 127.0.0.1, with the two demo accounts.
 */
import { mkdtempSync, readFileSync } from 'node:fs'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TransportName } from '../../src/ports/flows.ts'
import type { Program, StartProgram } from './programs.ts'
import { programs } from './programs.ts'
import { SocketClient } from './socket-client.ts'

export interface Endpoint {
  readonly transport: string
  readonly host: string
  readonly port: number
}

export const freeEndpoints: readonly Endpoint[] = ['udp', 'tcp', 'tls', 'web'].map((transport) => {
  return { transport, host: '127.0.0.1', port: 0 }
})

export class ServerProcess {
  readonly folder: string
  readonly program: Program
  readonly ports: ReadonlyMap<string, number>

  constructor(folder: string, program: Program, ports: ReadonlyMap<string, number>) {
    this.folder = folder
    this.program = program
    this.ports = ports
  }

  /** The process that serves; under a supervisor it is not the one that was started. */
  get serverPid(): number | null {
    try {
      return (JSON.parse(readFileSync(join(this.folder, 'data/owner.json'), 'utf8')) as { pid: number }).pid
    } catch {
      return null
    }
  }

  get authority(): string {
    return readFileSync(join(this.folder, 'data/certificates/authority.crt'), 'utf8')
  }

  passwordOf(name: string): string {
    const passwords = readFileSync(join(this.folder, 'data/secrets/demo-passwords.json'), 'utf8')
    return (JSON.parse(passwords) as Record<string, string>)[`sip:${name}@example.test`] ?? ''
  }

  connect(
    name: string,
    transport: TransportName = 'tcp',
    port = this.ports.get(transport) ?? 0,
  ): Promise<SocketClient> {
    const options = { transport, host: '127.0.0.1', port, tls: { ca: this.authority } }
    return SocketClient.connect(options, { name, password: this.passwordOf(name) })
  }

  get(path: string): Promise<{ status: number; body: string }> {
    const options = { host: '127.0.0.1', port: this.ports.get('web'), path, ca: this.authority, agent: false }
    return new Promise((resolve, reject) => {
      const asked = request(options, (response) => {
        let body = ''
        response.setEncoding('utf8').on('data', (chunk: string) => {
          body += chunk
        })
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body }))
      })
      asked.on('error', reject).end()
    })
  }
}

export interface ServerFolder {
  readonly folder: string
  readonly start: StartProgram
  /** Starts `serve` and waits until it does; `env`: what it gets besides. */
  serve(
    argv?: readonly string[],
    endpoints?: readonly Endpoint[],
    env?: Readonly<Record<string, string>>,
  ): Promise<ServerProcess>
  /** What a command says, without input; throws where it fails. */
  cli(...argv: readonly string[]): Promise<string>
}

/** Call it in the body of a test file. `command`: another program than the launcher. */
export function serverFolder(command?: readonly [string, ...string[]]): ServerFolder {
  const folder = mkdtempSync(join(tmpdir(), 'meridian-process-'))
  const start = programs(folder, command)
  const serve: ServerFolder['serve'] = async (argv = ['serve'], endpoints = freeEndpoints, env = {}) => {
    const program = start(argv, { ...environment(endpoints), ...compileCache, ...env })
    return new ServerProcess(folder, program, await portsOf(program, endpoints))
  }
  const cli: ServerFolder['cli'] = async (...argv) => {
    const { code, said } = await start(argv).ended()
    if (code !== 0) throw new Error(`meridian ${argv.join(' ')} ended with ${code}:\n${said}`)
    return said
  }
  return { folder, start, serve, cli }
}

/** As the launcher has it: without, each start would strip the types of every file again. */
const compileCache = {
  NODE_COMPILE_CACHE: join(import.meta.dirname, '../../node_modules/.cache/meridian/compiled'),
}

export function environment(endpoints: readonly Endpoint[]): Readonly<Record<string, string>> {
  return { MERIDIAN__LISTEN__ENDPOINTS: JSON.stringify(endpoints), MERIDIAN__SERVER__WORKERS: '2' }
}

/** A server starts in two seconds; on a machine that does much else, it takes its time. */
const startMs = 90_000

/** Read from the banner, which comes again with every start. */
export async function portsOf(program: Program, endpoints = freeEndpoints): Promise<ReadonlyMap<string, number>> {
  const ports = new Map<string, number>()
  for (const { transport } of endpoints) {
    const [, port] = await program.line(new RegExp(`^  ${transport} +127\\.0\\.0\\.1:(\\d+)`), startMs)
    ports.set(transport, Number(port))
  }
  await program.line(/^next$/)
  return ports
}

/** Looks again and again, until it holds or the time is over. */
export async function eventually(
  what: string,
  holds: () => boolean | Promise<boolean>,
  deadlineMs = 40_000,
): Promise<void> {
  const endMs = performance.now() + deadlineMs
  while (!(await holds())) {
    if (performance.now() > endMs) throw new Error(`not within ${deadlineMs} ms: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
