/**
 * Finds where a message's head ends in a stream, one chunk after the other, each byte once (RFC 3261 §7, §18.3).
 * It remembers where lines begin that may say Content-Length, so that a finished head is not read again.
 */
import { parseContentLength } from '../message/scan-header-lines.ts'

const lineFeed = 0x0a
const carriageReturn = 0x0d

/** `found` tells the bytes of this chunk that belong to the head. */
export type HeadState = 'unfinished' | 'found' | 'badLineEnd'

/** No line said it; or what it said is no number, or differs from what another line said. */
export const lengthAbsent = -1
export const lengthBad = -2

export class HeadScan {
  /** Bytes of the head seen so far; after `found`, its size. */
  headBytes = 0
  #lineStart = 0
  #last = 0
  /** Offsets from the start of the message. */
  readonly #candidates: number[] = []

  reset(): void {
    this.headBytes = 0
    this.#lineStart = 0
    this.#last = 0
    this.#candidates.length = 0
  }

  /** Scans `chunk` from `start`, at most to `limit` bytes of head. */
  scan(chunk: Uint8Array, start: number, limit: number): HeadState {
    const origin = start - this.headBytes
    const end = Math.min(chunk.length, origin + limit)
    let lineStart = this.#lineStart + origin
    let at = start
    for (;;) {
      if (at === lineStart && at < end && isCandidate(chunk[at]!)) this.#candidates.push(at - origin)
      while (at < end && chunk[at] !== lineFeed) at++
      if (at >= end) break
      const before = at > start ? chunk[at - 1] : this.#last
      if (before !== carriageReturn) return this.#stop(at + 1 - origin, 'badLineEnd')
      if (at - lineStart === 1) return this.#stop(at + 1 - origin, 'found')
      at++
      lineStart = at
    }
    this.headBytes = at - origin
    this.#lineStart = lineStart - origin
    if (at > start) this.#last = chunk[at - 1]!
    return 'unfinished'
  }

  #stop(headBytes: number, state: HeadState): HeadState {
    this.headBytes = headBytes
    return state
  }

  /** The Content-Length that the finished head at `bytes[start…]` says. */
  contentLength(bytes: Uint8Array, start: number): number {
    const end = start + this.headBytes
    let length = lengthAbsent
    for (const candidate of this.#candidates) {
      const value = lineLength(bytes, start + candidate, end)
      if (value === lengthAbsent) continue
      if (value === lengthBad || (length !== lengthAbsent && length !== value)) return lengthBad
      length = value
    }
    return length
  }
}

/** `C` and `L` in either case begin its long and its compact name. */
function isCandidate(byte: number): boolean {
  return (byte | 0x20) === 0x63 || (byte | 0x20) === 0x6c
}

const longName = Buffer.from('content-length', 'latin1')

/** What the line at `start` says, if it is a Content-Length line. */
function lineLength(bytes: Uint8Array, start: number, end: number): number {
  let at = start + nameBytes(bytes, start)
  if (at === start) return lengthAbsent
  while (isBlank(bytes[at]!)) at++
  if (bytes[at] !== 0x3a) return lengthAbsent
  at++
  let valueEnd = at
  while (valueEnd < end && !isLineEnd(bytes, valueEnd)) valueEnd++
  while (isBlankOrLineEnd(bytes[at]!) && at < valueEnd) at++
  while (valueEnd > at && isBlankOrLineEnd(bytes[valueEnd - 1]!)) valueEnd--
  const value = parseContentLength(bytes, at, valueEnd)
  return value < 0 ? lengthBad : value
}

/** The bytes of the name at `start`, 0 when it is another. */
function nameBytes(bytes: Uint8Array, start: number): number {
  for (let index = 0; index < longName.length; index++) {
    if ((bytes[start + index]! | 0x20) === longName[index]) continue
    const compact = index === 0 && (bytes[start]! | 0x20) === 0x6c
    return compact ? 1 : 0
  }
  return longName.length
}

/** A line feed that no blank follows: with one, the line is folded and goes on. */
function isLineEnd(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === lineFeed && !isBlank(bytes[at + 1]!)
}

function isBlank(byte: number): boolean {
  return byte === 0x20 || byte === 0x09
}

function isBlankOrLineEnd(byte: number): boolean {
  return isBlank(byte) || byte === lineFeed || byte === carriageReturn
}
