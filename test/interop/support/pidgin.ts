/**
 * Pidgin's SIMPLE protocol without windows: a small program on libpurple, made from `pidgin/purple-client.c`.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Program, runToEnd } from './program.ts'
import { domain, type InteropServer, password } from './server.ts'

const source = join(import.meta.dirname, '../pidgin/purple-client.c')

/** What a machine must have. */
export const pidginNeeds = ['gcc', 'pkg-config', '/usr/include/libpurple/purple.h'] as const
/** For digest of RFC 2069, without qop. */
export const pidginYaml = 'auth:\n  withoutQop: always\n'

/** The program's file. */
export async function compilePidgin(server: InteropServer): Promise<string> {
  const program = join(server.folder, 'purple-client')
  const script = 'gcc -o "$1" "$2" $(pkg-config --cflags --libs purple)'
  const { code, output } = await runToEnd('sh', ['-c', script, 'sh', program, source])
  if (code !== '0') throw new Error(`gcc: ${output}`)
  return program
}

export interface PidginOptions {
  readonly program: string
  readonly transport: 'udp' | 'tcp'
  readonly me: string
  readonly password?: string
}

export function startPidgin(server: InteropServer, options: PidginOptions): Program {
  const { program, transport, me } = options
  const home = join(server.folder, `purple-${me}`)
  const passwordFile = join(server.folder, `purple-${me}.password`)
  writeFileSync(passwordFile, options.password ?? password)
  const place = [server.host, String(server.port(transport)), transport]
  return new Program(program, [home, `${me}@${domain}`, passwordFile, ...place], { cwd: server.folder })
}
