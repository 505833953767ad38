/**
 * The header lines of a message in one pass over its bytes (RFC 3261 §7.3): name to id, value to a slice, folding
 * noted, nothing decoded. What values mean is judged in `check.ts`.
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
import { HeaderId, headerIdAt } from './header-id.ts'
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

/** One to be filled in again and again. */
export function emptyScan(): LinesScan {
  return {
    isRequest: false,
    method: '',
    statusCode: 0,
    targetStart: 0,
    targetEnd: 0,
    linesStart: 0,
    linesCount: 0,
    linesEnd: 0,
    isAscii: true,
    bodyStart: 0,
    bodyEnd: 0,
    contentLength: contentLengthAbsent,
  }
}

/**
 * Scans from `scan.linesStart` to the empty line, and writes rows into `table` from `base` on.
 * After a fault it goes on, because the answer needs the lines that are good. The others get no row: what is broken in
 * them must not come back in the answer.
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
  let row = base
  let at = scan.linesStart
  let bits = 0
  scan.contentLength = contentLengthAbsent
  while (at < end && at <= headBytesMax && !isLineEnd(bytes, at)) {
    const lineStart = at
    while (at < end && bytes[at]! > space && bytes[at] !== colon) at++
    const nameEnd = at
    if (bytes[at] !== colon) at = skipBlanks(bytes, at)
    const hasColon = at < end && bytes[at] === colon
    const valueStart = at + 1
    // The value goes on over folded lines. What is above 13 belongs to it, and so do the controls but for CR and LF.
    let folded = 0
    let isBroken = false
    for (; at < end; at++) {
      const byte = bytes[at]!
      bits |= byte
      if (byte > carriageReturn || (byte !== carriageReturn && byte !== lineFeed)) continue
      if (!isLineEnd(bytes, at)) isBroken = true
      else if (at + 2 < end && isBlank(bytes[at + 2]!)) folded = foldedFlag
      else break
      if (folded !== 0 && isLineEnd(bytes, at)) at++
    }
    const valueEnd = at
    at += 2
    if (valueEnd >= end) fault ??= headUnfinished
    else if (isBroken) fault ??= lineEndMalformed
    else if (!hasColon || nameEnd === lineStart) fault ??= headerMalformed
    else if (row - base === headerLinesMax * intsPerLine) fault ??= headerLinesTooMany
    else {
      const id = headerIdAt(bytes, lineStart, nameEnd)
      table[row] = id | folded | ((nameEnd - lineStart) << nameLengthShift)
      table[row + lineStartAt] = lineStart
      table[row + valueStartAt] = trimStart(bytes, valueStart, valueEnd)
      table[row + valueEndAt] = trimEnd(bytes, valueStart, valueEnd)
      if (id === HeaderId.contentLength) fault = noteContentLength(bytes, scan, table, row) ?? fault
      // Known names are tokens; only of others is it asked.
      if (id !== HeaderId.other || isToken(bytes, lineStart, nameEnd)) row += intsPerLine
      else fault ??= headerMalformed
    }
  }
  scan.linesCount = (row - base) / intsPerLine
  scan.isAscii = scan.isAscii && bits < 0x80
  return placeEnd(bytes, scan, at, headBytesMax) ?? fault
}

/** Where the head ends and the body begins; a fault when there is no empty line within the bounds. */
function placeEnd(bytes: Buffer, scan: LinesScan, at: number, headBytesMax: number): MessageFault | null {
  const isFinished = at < bytes.length && at + 2 <= headBytesMax
  scan.linesEnd = Math.min(at, bytes.length)
  scan.bodyStart = isFinished ? at + 2 : scan.linesEnd
  if (isFinished) return null
  return at + 2 > headBytesMax ? headTooLong : headUnfinished
}

function isLineEnd(bytes: Buffer, at: number): boolean {
  return bytes[at] === carriageReturn && at + 1 < bytes.length && bytes[at + 1] === lineFeed
}

function isBlank(byte: number): boolean {
  return byte === space || byte === tab
}

function skipBlanks(bytes: Buffer, start: number): number {
  let at = start
  while (at < bytes.length && isBlank(bytes[at]!)) at++
  return at
}

function trimStart(bytes: Buffer, start: number, end: number): number {
  let at = start
  while (at < end && isBlankOrLineEnd(bytes[at]!)) at++
  return at
}

function trimEnd(bytes: Buffer, start: number, end: number): number {
  let at = end
  while (at > start && isBlankOrLineEnd(bytes[at - 1]!)) at--
  return at
}

function isToken(bytes: Uint8Array, start: number, end: number): boolean {
  for (let index = start; index < end; index++) if (isTokenByte[bytes[index]!] !== 1) return false
  return true
}

function isBlankOrLineEnd(byte: number): boolean {
  return byte <= space && (isBlank(byte) || byte === carriageReturn || byte === lineFeed)
}

function noteContentLength(bytes: Buffer, scan: LinesScan, table: Int32Array, row: number): MessageFault | null {
  const value = parseContentLength(bytes, table[row + valueStartAt]!, table[row + valueEndAt]!)
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
