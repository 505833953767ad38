/**
 * The header lines of a message in one pass over its bytes (RFC 3261 §7.3): name to id, value to a slice, folding noted,
 * nothing decoded. What values mean is judged in `check.ts`.
 */
import {
  contentLengthConflicting,
  contentLengthMalformed,
  headerLinesTooMany,
  headerMalformed,
  headTooLong,
  headUnfinished,
  lineEndMalformed,
  type MessageFault,
} from './faults.ts'
import { HeaderId, headerIdAt, rollHash } from './header-id.ts'
import { foldedFlag, intsPerLine, lineStartAt, nameLengthShift, valueEndAt, valueStartAt } from './header-table.ts'
import type { HeadScan } from './sip-message.ts'
import { isTokenByte } from './text.ts'

const tab = 0x09
const lineFeed = 0x0a
const carriageReturn = 0x0d
const space = 0x20
const colon = 0x3a

export const contentLengthAbsent = -1
const contentLengthBad = -2

export interface LinesScan extends HeadScan {
  /** `contentLengthAbsent` when no line says it. */
  contentLength: number
}

/**
 * Scans from `scan.linesStart` to the empty line, and writes rows into `table` from `base` on.
 * After a fault it goes on: the answer needs the lines that are good.
 */
export function scanHeaderLines(
  bytes: Buffer,
  scan: LinesScan,
  table: Int32Array,
  base: number,
  headBytesMax: number,
  headerLinesMax: number,
): MessageFault | null {
  const end = bytes.length
  let fault: MessageFault | null = null
  let count = 0
  let row = base
  let at = scan.linesStart
  scan.contentLength = contentLengthAbsent
  for (;;) {
    if (at >= end || at > headBytesMax) {
      fault ??= at > headBytesMax ? headTooLong : headUnfinished
      scan.linesEnd = scan.bodyStart = Math.min(at, end)
      break
    }
    if (bytes[at] === carriageReturn && at + 1 < end && bytes[at + 1] === lineFeed) {
      scan.linesEnd = at
      scan.bodyStart = at + 2
      break
    }
    const lineStart = at
    let hash = 0
    while (at < end && isTokenByte[bytes[at]!] === 1) hash = rollHash(hash, bytes[at++]!)
    const nameEnd = at
    while (at < end && (bytes[at] === space || bytes[at] === tab)) at++
    let good = nameEnd > lineStart && at < end && bytes[at] === colon
    if (good) at++
    let valueStart = at
    let valueEnd = at
    let folded = 0
    for (;;) {
      // All bytes above 13 are part of the value; so are the controls, but for the two that end lines.
      while (at < end && (bytes[at]! > carriageReturn || (bytes[at] !== carriageReturn && bytes[at] !== lineFeed))) at++
      if (at >= end) {
        good = false
        fault ??= headUnfinished
        break
      }
      if (bytes[at] === carriageReturn && at + 1 < end && bytes[at + 1] === lineFeed) {
        valueEnd = at
        at += 2
        if (at >= end || (bytes[at] !== space && bytes[at] !== tab)) break
        folded = foldedFlag
      } else if (at + 1 === end) {
        at++
      } else {
        fault ??= lineEndMalformed
        at++
      }
    }
    if (!good) {
      fault ??= headerMalformed
      continue
    }
    if (count === headerLinesMax) {
      fault ??= headerLinesTooMany
      continue
    }
    while (valueStart < valueEnd && isBlankOrLineEnd(bytes[valueStart]!)) valueStart++
    while (valueEnd > valueStart && isBlankOrLineEnd(bytes[valueEnd - 1]!)) valueEnd--
    const id = headerIdAt(bytes, lineStart, nameEnd, hash)
    table[row] = id | folded | ((nameEnd - lineStart) << nameLengthShift)
    table[row + lineStartAt] = lineStart
    table[row + valueStartAt] = valueStart
    table[row + valueEndAt] = valueEnd
    row += intsPerLine
    count++
    if (id === HeaderId.contentLength) fault = noteContentLength(bytes, scan, valueStart, valueEnd) ?? fault
  }
  scan.linesCount = count
  return fault
}

function isBlankOrLineEnd(byte: number): boolean {
  return byte === space || byte === tab || byte === carriageReturn || byte === lineFeed
}

function noteContentLength(bytes: Buffer, scan: LinesScan, start: number, end: number): MessageFault | null {
  const value = parseContentLength(bytes, start, end)
  if (value < 0) {
    scan.contentLength = contentLengthBad
    return contentLengthMalformed
  }
  if (scan.contentLength !== contentLengthAbsent && scan.contentLength !== value) return contentLengthConflicting
  scan.contentLength = value
  return null
}

/** A decimal number of at most nine significant digits at `bytes[start, end)`, or -1. Signs and lists are none. */
export function parseContentLength(bytes: Uint8Array, start: number, end: number): number {
  let value = 0
  for (let index = start; index < end; index++) {
    const digit = bytes[index]! - 0x30
    if (digit < 0 || digit > 9 || value > 99_999_999) return -1
    value = value * 10 + digit
  }
  return end > start ? value : -1
}
