/**
 * The key that seals password equivalents: `<dataFolder>/secrets/ha1.key`, beside the store and not in it, so that a
 * copy of the store alone gives nobody a password. Made once; without it no password of the store can be checked again.
 */
import { randomBytes } from 'node:crypto'
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, statSync, writeSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { secretKeyBytes } from './local/secret-box.ts'

export type KeyFile = { readonly ok: true; readonly key: Buffer } | { readonly ok: false; readonly message: string }

export function ha1KeyPath(dataFolder: string): string {
  return join(dataFolder, 'secrets', 'ha1.key')
}

/** For a new data folder: two at once get the same key, that of the first. */
export function loadOrCreateHa1Key(dataFolder: string): KeyFile {
  const path = ha1KeyPath(dataFolder)
  try {
    createKey(path)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'EEXIST') return { ok: false, message: `cannot write ${path}: ${code ?? error}` }
  }
  return readHa1Key(dataFolder)
}

/** For a store that holds credentials already: a new key would make every one of them useless. */
export function readHa1Key(dataFolder: string): KeyFile {
  const path = ha1KeyPath(dataFolder)
  try {
    const mode = statSync(path).mode & 0o777
    if (mode & 0o007) return { ok: false, message: `${path} may be read by anybody on this machine; chmod 600 ${path}` }
    const text = readFileSync(path, 'latin1').trim()
    const isKey = /^[0-9a-f]+$/.test(text) && text.length === secretKeyBytes * 2
    if (!isKey) return { ok: false, message: `${path} does not hold ${secretKeyBytes * 2} hexadecimal digits` }
    return { ok: true, key: Buffer.from(text, 'hex') }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    const advice = code === 'ENOENT' ? '; it belongs to this store and must be brought from its backup' : ''
    return { ok: false, message: `cannot read ${path}: ${code ?? error}${advice}` }
  }
}

/** Flushed with its folder before it is used: credentials sealed with a key that a power cut took are lost. */
function createKey(path: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  const file = openSync(path, 'wx', 0o600)
  try {
    writeSync(file, `${randomBytes(secretKeyBytes).toString('hex')}\n`)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  const folder = openSync(dirname(path), 'r')
  fsyncSync(folder)
  closeSync(folder)
}
