/**
 * `audit.jsonl`: what administrators and policy took away or gave, one JSON object a line, on the disk before the
 * caller goes on. Kept outside the store, so that a restore can say what was revoked since its copy. Never a secret in
 * it.
 */
import { type FileHandle, open, readFile } from 'node:fs/promises'
import { join } from 'node:path'

export interface AuditEntry {
  readonly atMs: number
  /** A dotted name such as `user.disabled`. */
  readonly event: string
  /** Whom or what it concerns: an AOR, a fingerprint. */
  readonly subject: string
  /** It took something away: rights, a credential, a contact's way to somebody. A restore lists these. */
  readonly revokes: boolean
  /** Who did it: an administrator's name, or the part of the server. */
  readonly by?: string
  readonly detail?: string
  /** Of a restore: the epoch that it gave the server. */
  readonly serverEpoch?: number
}

export function auditPath(dataFolder: string): string {
  return join(dataFolder, 'audit.jsonl')
}

export class AuditLog {
  readonly #file: FileHandle
  #last: Promise<void> = Promise.resolve()

  private constructor(file: FileHandle) {
    this.#file = file
  }

  static async open(dataFolder: string): Promise<AuditLog> {
    const file = await open(auditPath(dataFolder), 'a+', 0o600)
    const log = new AuditLog(file)
    const size = (await file.stat()).size
    // A power cut in mid-line must not spoil the next one.
    if (size > 0 && (await lastByte(file, size)) !== 0x0a) await log.#write('\n')
    return log
  }

  /** Resolves when the line is on the disk. Lines keep the order of the calls. */
  append(entry: AuditEntry): Promise<void> {
    const next = this.#last.then(() => this.#write(`${JSON.stringify(entry)}\n`))
    this.#last = next.catch(() => undefined)
    return next
  }

  async close(): Promise<void> {
    await this.#last
    await this.#file.close()
  }

  async #write(text: string): Promise<void> {
    await this.#file.write(text)
    await this.#file.sync()
  }
}

async function lastByte(file: FileHandle, size: number): Promise<number> {
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1)
  return buffer[0] ?? 0
}

/** All whole lines, oldest first; none when there is no file. */
export async function readAudit(dataFolder: string): Promise<readonly AuditEntry[]> {
  const text = await readFile(auditPath(dataFolder), 'utf8').catch(() => '')
  return text.split('\n').flatMap(parseLine)
}

function parseLine(line: string): AuditEntry[] {
  if (line === '') return []
  try {
    const entry = JSON.parse(line) as AuditEntry
    return typeof entry.event === 'string' && typeof entry.atMs === 'number' ? [entry] : []
  } catch {
    // A torn line: what it promised was never acknowledged.
    return []
  }
}
