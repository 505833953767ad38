/**
 * A 2xx, read no further than to find the request that it answers (RFC 3261 §17.1.3): its status says all that whoever
 * sent a request of his own wants to know. No message is made, which spares two thirds of `parse.ts`; what is unusual
 * in any way is left to that.
 */
import { HeaderId } from './header-id.ts'
import { foldedFlag, idMask, intsPerLine, valueEndAt, valueStartAt } from './header-table.ts'
import { headBytesMax, headerLinesMax } from './limits.ts'
import { methodAt } from './methods.ts'
import { emptyScan, scanHeaderLines } from './scan-header-lines.ts'
import { scanStartLine } from './scan-start-line.ts'
import { headTextAt } from './text.ts'

/** What finds the request. */
export interface Success {
  readonly branch: string
  /** Of CSeq. */
  readonly method: string
}

const [comma, semicolon, quote, blank] = [0x2c, 0x3b, 0x22, 0x20]
const branchStart = Buffer.from('branch=', 'latin1')
/** The first digit of the status, behind `SIP/2.0 `. */
const [statusAt, digitTwo] = [8, 0x32]

const mandatoryIds = [HeaderId.via, HeaderId.from, HeaderId.to, HeaderId.callId, HeaderId.cseq]
const mandatory = mandatoryIds.reduce((bits, id) => bits | (1 << id), 0)

/** Reused: one reading ends before the next begins, and nothing of it is kept. */
const table = new Int32Array(headerLinesMax * intsPerLine)
const rows = { via: 0, cseq: 0 }
const scan = emptyScan()

/** Null: no 2xx, or none that is usual, or malformed: `parseMessage` knows. */
export function readSuccess(bytes: Buffer): Success | null {
  if (bytes[statusAt] !== digitTwo || scanStartLine(bytes, scan, headBytesMax) !== null || scan.isRequest) return null
  if (scanHeaderLines(bytes, scan, table, 0, headBytesMax, headerLinesMax) !== null || !findRows()) return null
  const branch = branchOf(bytes, table[rows.via + valueStartAt]!, table[rows.via + valueEndAt]!)
  const method = methodOf(bytes, table[rows.cseq + valueStartAt]!, table[rows.cseq + valueEndAt]!)
  return branch === null || method === null ? null : { branch, method }
}

/** True: what a response must have is there once, with a value, on a line of its own. */
function findRows(): boolean {
  let seen = 0
  for (let row = 0; row < scan.linesCount * intsPerLine; row += intsPerLine) {
    const id = table[row]! & idMask
    if (id > HeaderId.cseq || (mandatory & (1 << id)) === 0) continue
    const isFolded = (table[row]! & foldedFlag) !== 0
    const isEmpty = table[row + valueStartAt]! >= table[row + valueEndAt]!
    if ((seen & (1 << id)) !== 0 || isFolded || isEmpty) return false
    seen |= 1 << id
    if (id === HeaderId.via) rows.via = row
    else if (id === HeaderId.cseq) rows.cseq = row
  }
  return seen === mandatory
}

/** Of the only value; null for several, for a quotation mark, which might hide a parameter, and for what is no text. */
function branchOf(bytes: Buffer, start: number, end: number): string | null {
  let from = 0
  let to = 0
  for (let at = start; at < end; at++) {
    const byte = bytes[at]!
    if (byte === comma || byte === quote || byte < blank || byte >= 0x7f) return null
    if (byte === semicolon && from === 0 && isBranch(bytes, at + 1)) from = at + 1 + branchStart.length
    else if (from > 0 && to === 0 && (byte === semicolon || byte === blank)) to = at
  }
  return from === 0 ? null : headTextAt(bytes, from, to === 0 ? end : to)
}

function isBranch(bytes: Buffer, start: number): boolean {
  for (let index = 0; index < branchStart.length; index++) {
    const byte = bytes[start + index]!
    // Setting bit 5 folds the case of a letter; `=` has it set.
    if ((byte | 0x20) !== branchStart[index]) return false
  }
  return true
}

/** `number LWS method`, both as they usually are. */
function methodOf(bytes: Buffer, start: number, end: number): string | null {
  let at = start
  while (at < end && bytes[at]! >= 0x30 && bytes[at]! <= 0x39) at++
  const isOneBlank = bytes[at] === blank && at + 1 < end && bytes[at + 1]! > blank
  return at > start && isOneBlank ? methodAt(bytes, at + 1, end) : null
}
