/**
 * A Meridian server with users, on free ports of 127.0.0.1, in a folder of its own: started by its command line, as
 * an administrator would.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TransportName } from '../../../src/ports/flows.ts'
import { Program, runToEnd } from './program.ts'

const launcher = join(import.meta.dirname, '../../../bin/meridian')

export const domain = 'example.test'

/** Of every user; with blanks and marks, as people choose them, and only ASCII, which all clients hash alike. */
export const password = 'correct horse, battery'

export interface InteropServer {
  /** Configuration, data, and room for what a client wants to write. */
  readonly folder: string
  /** PEM file of the authority behind its certificate. */
  readonly authorityFile: string
  readonly host: string
  port(transport: TransportName): number
  /** Runs a command of `meridian` on it and gives what it says; throws where that fails. */
  command(...argv: readonly string[]): Promise<string>
  /** Killed, and started again on the same ports when `meanwhile` is done. */
  restart(meanwhile: () => Promise<void>): Promise<void>
  stop(): Promise<void>
}

export interface ServerOptions {
  readonly users: readonly string[]
  /** Further sections of meridian.yaml. */
  readonly yaml?: string
}

const transports = ['udp', 'tcp', 'tls', 'web', 'ws']

function configuration(portOf: (transport: string) => number, yaml: string): string {
  const endpoints = transports.map((each) => `    - { transport: ${each}, host: 127.0.0.1, port: ${portOf(each)} }`)
  return `server:\n  dataFolder: ./data\n  workers: 2\nlisten:\n  endpoints:\n${endpoints.join('\n')}\n${yaml}`
}

export async function startMeridian({ users, yaml = '' }: ServerOptions): Promise<InteropServer> {
  const folder = mkdtempSync(join(tmpdir(), 'meridian-interop-'))
  const config = join(folder, 'meridian.yaml')
  writeFileSync(
    config,
    configuration(() => 0, yaml),
  )
  const people = join(folder, 'people.csv')
  writeFileSync(people, `name,password\n${users.map((name) => `${name},"${password}"\n`).join('')}`)
  const start = () => new Program(launcher, ['serve', '--unsupervised', '--config', config], { cwd: folder })
  let program = start()
  const stop = async (): Promise<void> => {
    await program.stop()
    rmSync(folder, { recursive: true, force: true })
  }
  const command = async (...argv: readonly string[]): Promise<string> => {
    const { code, output } = await runToEnd(launcher, [...argv, '--config', config])
    if (code !== '0') throw new Error(`${argv.join(' ')}: ${output}`)
    return output
  }
  try {
    await program.prints(/^next$/m, { ms: 60_000 })
    await command('user', 'import', people)
  } catch (error) {
    await stop()
    throw error
  }
  return {
    folder,
    authorityFile: join(folder, 'data/certificates/authority.crt'),
    host: '127.0.0.1',
    port: (transport) => portOf(program.output, transport),
    command,
    restart: async (meanwhile) => {
      const banner = program.output
      await program.kill()
      await meanwhile()
      const portBefore = (transport: string) =>
        portOf(banner, (transport === 'web' ? 'wss' : transport) as TransportName)
      writeFileSync(config, configuration(portBefore, yaml))
      program = start()
      await program.prints(/^next$/m, { ms: 60_000 })
    },
    stop,
  }
}

function portOf(banner: string, transport: TransportName): number {
  const place = new RegExp(`^ {2}${transport === 'wss' ? 'web' : transport} +127\\.0\\.0\\.1:(\\d+)`, 'm').exec(banner)
  if (!place) throw new Error(`the server does not listen on ${transport}`)
  return Number(place[1])
}

export function authorityPem(server: InteropServer): string {
  return readFileSync(server.authorityFile, 'utf8')
}
