/**
 * Keys of the data folder that are not passwords' own: the one under tokens and nonces, and those of TLS session
 * tickets.
 */
import { randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { loadTicketKeys, writeSecretFile } from '../certificates/index.ts'

const sealKeyBytes = 32

/**
 * The key of tokens and nonces, made once. Losing it costs every client one more challenge and ends running dialogs'
 * routes; whoever has it can forge nonces, so it lies with the other secrets.
 */
export function loadSealKey(secretsFolder: string): Buffer {
  const path = join(secretsFolder, 'seal.key')
  try {
    const key = Buffer.from(readFileSync(path, 'latin1').trim(), 'hex')
    if (key.length === sealKeyBytes) return key
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
  const key = randomBytes(sealKeyBytes)
  mkdirSync(secretsFolder, { recursive: true, mode: 0o700 })
  writeSecretFile(path, `${key.toString('hex')}\n`)
  return key
}

export function loadSessionTicketKeys(secretsFolder: string, nowMs: number): Buffer {
  mkdirSync(secretsFolder, { recursive: true, mode: 0o700 })
  return loadTicketKeys(join(secretsFolder, 'tickets.json'), nowMs).current
}
