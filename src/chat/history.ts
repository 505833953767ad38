/**
 * The history of one account: a file of JSON lines, for its owner only, that grows at the end and is cut at a start
 * when it has become long. Lines that are no entries (a crash while writing) are passed over.
 */
import { appendFileSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import type { MessageOutcome } from './agent/events.ts'

export interface HistoryEntry {
  /** When it was sent; milliseconds since 1970. */
  readonly timeMs: number
  /** `out`: sent here; `copy`: sent from another device of ours. */
  readonly direction: 'in' | 'out' | 'copy'
  /** AOR of the other one. */
  readonly peer: string
  readonly text: string
  /** Of `in` and `copy`: tells a repetition. */
  readonly id?: string
  /** Of `out`. */
  readonly outcome?: MessageOutcome
}

/** Years of a talkative person; a start reads all of it. */
const keptBytesMax = 8 * 1024 * 1024
const keptEntriesMax = 10_000

export class History {
  readonly #path: string | null
  readonly #entries: HistoryEntry[]

  constructor(path: string | null) {
    this.#path = path
    this.#entries = path === null ? [] : readEntries(path)
  }

  /** The newest, oldest of them first. */
  last(count: number, peer: string | null = null): readonly HistoryEntry[] {
    const wanted = peer === null ? this.#entries : this.#entries.filter((entry) => entry.peer === peer)
    return wanted.slice(-count)
  }

  /** Who was spoken with, newest first. */
  peers(): readonly string[] {
    return [...new Set(this.#entries.map(({ peer }) => peer).reverse())]
  }

  seenIds(): readonly string[] {
    return this.#entries.flatMap(({ id }) => (id === undefined ? [] : [id]))
  }

  /** In the file when it returns, so that a message is answered only after it is kept. */
  add(entry: HistoryEntry): void {
    this.#entries.push(entry)
    if (this.#entries.length > 2 * keptEntriesMax) this.#entries.splice(0, keptEntriesMax)
    if (this.#path !== null) appendFileSync(this.#path, `${JSON.stringify(entry)}\n`, { mode: 0o600 })
  }
}

function readEntries(path: string): HistoryEntry[] {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch {
    return []
  }
  // A crash has cut the last line: the next one must not be a part of it.
  if (text !== '' && !text.endsWith('\n')) appendFileSync(path, '\n')
  const entries = text.split('\n').flatMap(parseEntry).slice(-keptEntriesMax)
  if (text.length > keptBytesMax) rewrite(path, entries)
  return entries
}

function rewrite(path: string, entries: readonly HistoryEntry[]): void {
  const shorter = `${path}.new`
  writeFileSync(shorter, entries.map((entry) => `${JSON.stringify(entry)}\n`).join(''), { mode: 0o600 })
  renameSync(shorter, path)
}

function parseEntry(line: string): HistoryEntry[] {
  try {
    const entry = JSON.parse(line) as HistoryEntry
    const isEntry = ['in', 'out', 'copy'].includes(entry.direction) && Number.isFinite(entry.timeMs)
    return isEntry && typeof entry.peer === 'string' && typeof entry.text === 'string' ? [entry] : []
  } catch {
    return []
  }
}
