/**
 * A history of long runs: what happened goes into a hash and is not kept. Same seed, same hash.
 */
import { History, type LineFault, type LogLine } from '../history.ts'
import type { FaultLog } from './fault-log.ts'

/** Told of everything that happens: when (virtual milliseconds), in words, and the message if it was one. */
export type TraceSink = (atMs: number, text: string, bytes: Uint8Array | null) => void

/** Counts lines by their event, and keeps none. */
class CountedLines extends Array<LogLine> {
  readonly counts = new Map<string, number>()

  override push(...lines: LogLine[]): number {
    for (const { event } of lines) this.counts.set(event, (this.counts.get(event) ?? 0) + 1)
    return 0
  }
}

/** Every so many bytes of a message go into the hash, and its length. */
const strideBytes = 61

export class QuietHistory extends History {
  override readonly isJudged = false
  override readonly logLines = new CountedLines()
  /** FNV-1a in two halves of 32 bits, with another start. */
  #low = 0x811c9dc5
  #high = 0x01234567
  #lines = 0
  readonly #tell: TraceSink | null
  readonly #faultLog: FaultLog | null

  constructor(tell: TraceSink | null = null, faultLog: FaultLog | null = null) {
    super(null)
    this.#tell = tell
    this.#faultLog = faultLog
  }

  override fault(kind: string, atMs: number): void {
    super.fault(kind, atMs)
    this.#faultLog?.loss(atMs)
  }

  override lineFault(address: string, fault: LineFault): void {
    this.#faultLog?.line(address, fault)
  }

  /** Things that happened. */
  get linesCount(): number {
    return this.#lines
  }

  override trace(atMs: number, text: string, bytes: Uint8Array | null = null): void {
    this.#lines++
    this.#mix(Math.round(atMs * 1000))
    this.#mix(text.length)
    if (bytes) {
      this.#mix(bytes.length)
      for (let at = 0; at < bytes.length; at += strideBytes) this.#mix(bytes[at]!)
    }
    this.#tell?.(atMs, text, bytes)
  }

  override digest(): string {
    return [this.#high, this.#low].map((word) => (word >>> 0).toString(16).padStart(8, '0')).join('')
  }

  #mix(value: number): void {
    this.#low = Math.imul(this.#low ^ value, 0x01000193)
    this.#high = Math.imul((this.#high ^ (value / 2 ** 32)) + this.#low, 0x85ebca6b)
  }
}

/** `<seconds> <what>  <first line of the message>` */
export function traceLine(atMs: number, text: string, bytes: Uint8Array | null): string {
  return `${(atMs / 1000).toFixed(3).padStart(9)}  ${text}${bytes ? `  ${startLine(bytes)}` : ''}`
}

function startLine(bytes: Uint8Array): string {
  const end = bytes.indexOf(0x0d)
  return Buffer.from(bytes.subarray(0, end < 0 ? 80 : end)).toString('latin1')
}
