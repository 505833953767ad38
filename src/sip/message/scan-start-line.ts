/**
 * The start line of a message (RFC 3261 §7.1, §7.2): request or response, and where its parts stand.
 * A malformed request line still yields what an answer needs; the header lines are `scan-header-lines.ts`'s.
 */
import { type MessageFault, notSip, requestLineMalformed, statusLineMalformed, versionNotSupported } from './faults.ts'
import { methodAt } from './methods.ts'
import type { HeadScan } from './sip-message.ts'
import { isTokenByte, textAt } from './text.ts'

const space = 0x20
const carriageReturn = 0x0d
const lineFeed = 0x0a
const versionBytes = 7

/** Fills the scan's start line. After `notSip` and `statusLineMalformed` nothing else of the scan is valid. */
export function scanStartLine(bytes: Buffer, scan: HeadScan, headBytesMax: number): MessageFault | null {
  let end = 0
  let bits = 0
  const limit = Math.min(bytes.length, headBytesMax)
  while (end < limit && bytes[end] !== lineFeed) bits |= bytes[end++]!
  scan.isAscii = bits < 0x80
  // Without a line feed this is no line; without the CR before it, it is one that others may not see as such.
  if (end === limit || end === 0 || bytes[end - 1] !== carriageReturn) return notSip
  scan.linesStart = end + 1
  return isVersionStart(bytes, 0) ? scanStatusLine(bytes, scan, end - 1) : scanRequestLine(bytes, scan, end - 1)
}

function scanRequestLine(bytes: Buffer, scan: HeadScan, end: number): MessageFault | null {
  let methodEnd = 0
  while (isTokenByte[bytes[methodEnd]!] === 1) methodEnd++
  if (methodEnd === 0 || bytes[methodEnd] !== space) return notSip
  scan.isRequest = true
  scan.method = methodAt(bytes, 0, methodEnd)
  scan.statusCode = 0
  scan.targetStart = methodEnd + 1
  scan.targetEnd = end - versionBytes - 1
  const clean = scan.targetEnd > scan.targetStart && isVersion2(bytes, end - versionBytes)
  if (!clean || bytes[scan.targetEnd] !== space) return judgeRequestLine(bytes, scan, end)
  for (let index = scan.targetStart; index < scan.targetEnd; index++) {
    // Blanks, controls and DEL end no URI; bytes above 0x7f are for the URI parser to refuse.
    if (bytes[index]! <= space || bytes[index] === 0x7f) return requestLineMalformed
  }
  return null
}

/** A request line that is not `method SP uri SP SIP/2.0`: which answer, if SIP at all? */
function judgeRequestLine(bytes: Buffer, scan: HeadScan, end: number): MessageFault {
  const rest = textAt(bytes, scan.targetStart, end)
  const version = /[ \t]SIP\/([0-9]+\.[0-9]+)[ \t]*$/i.exec(rest)
  if (version === null) return notSip
  scan.targetEnd = Math.max(scan.targetStart, end - version[0].length)
  return version[1] === '2.0' ? requestLineMalformed : versionNotSupported
}

function scanStatusLine(bytes: Buffer, scan: HeadScan, end: number): MessageFault | null {
  if (!isVersion2(bytes, 0) || bytes[versionBytes] !== space) return statusLineMalformed
  const codeStart = versionBytes + 1
  const codeEnd = codeStart + 3
  const code = digit(bytes, codeStart) * 100 + digit(bytes, codeStart + 1) * 10 + digit(bytes, codeStart + 2)
  if (!(code >= 100 && code <= 699) || codeEnd > end) return statusLineMalformed
  // The space before an empty reason phrase may be missing: nobody is harmed (RFC 4475 §3.1.1.13 has it).
  if (codeEnd < end && bytes[codeEnd] !== space) return statusLineMalformed
  for (let index = codeEnd; index < end; index++) if (bytes[index] === carriageReturn) return statusLineMalformed
  scan.isRequest = false
  scan.method = ''
  scan.statusCode = code
  scan.targetStart = Math.min(codeEnd + 1, end)
  scan.targetEnd = end
  return null
}

/** NaN for what is no digit, which then fails every comparison. */
function digit(bytes: Buffer, index: number): number {
  const value = bytes[index]! - 0x30
  return value >= 0 && value <= 9 ? value : Number.NaN
}

/** `SIP/` in any case: no method can begin so, since a token has no slash. */
function isVersionStart(bytes: Buffer, at: number): boolean {
  return (
    (bytes[at]! | 0x20) === 0x73 &&
    (bytes[at + 1]! | 0x20) === 0x69 &&
    (bytes[at + 2]! | 0x20) === 0x70 &&
    bytes[at + 3] === 0x2f
  )
}

/** `SIP/2.0`. */
function isVersion2(bytes: Buffer, at: number): boolean {
  return isVersionStart(bytes, at) && bytes[at + 4] === 0x32 && bytes[at + 5] === 0x2e && bytes[at + 6] === 0x30
}
