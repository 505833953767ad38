/**
 * Compiles the C programs beside the benches, once for each text of them, into a cache folder of node_modules.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'

const root = join(import.meta.dirname, '../..')
const cacheFolder = join(root, 'node_modules/.cache/meridian/bench')

let tls: boolean | null = null

/** Whether OpenSSL's headers and libraries are there (Debian: libssl-dev). Without them TLS is not measured. */
export function hasTls(): boolean {
  tls ??= compiles('#include <openssl/ssl.h>\nint main(void) { return SSL_CTX_new(TLS_method()) == 0; }')
  return tls
}

/** Whether there is a compiler at all. */
export function hasCompiler(): boolean {
  return spawnSync('cc', ['--version']).status === 0
}

/** The program made from this file and the headers beside it. */
export function nativeProgram(source: string): string {
  const path = join(root, source)
  const texts = readdirSync(dirname(path)).filter((name) => name.endsWith('.h') || name === basename(path))
  const hash = createHash('sha256').update(String(hasTls()))
  for (const name of texts.sort()) hash.update(readFileSync(join(dirname(path), name)))
  const program = join(cacheFolder, `${basename(path, '.c')}-${hash.digest('hex').slice(0, 16)}`)
  if (existsSync(program)) return program
  mkdirSync(cacheFolder, { recursive: true })
  const unfinished = `${program}.${process.pid}`
  const withTls = hasTls() ? ['-DWITH_TLS', '-lssl', '-lcrypto'] : []
  execFileSync('cc', ['-O2', '-o', unfinished, path, ...withTls], { stdio: ['ignore', 'inherit', 'inherit'] })
  renameSync(unfinished, program)
  return program
}

function compiles(text: string): boolean {
  const args = ['-x', 'c', '-', '-o', '/dev/null', '-lssl', '-lcrypto']
  return spawnSync('cc', args, { input: text }).status === 0
}
