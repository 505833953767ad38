/**
 * Bytes to a message (RFC 3261 §7, §18.3): one pass over the head, then the checks. What came over a stream has been
 * cut out by `../framing/stream-framer.ts`; a datagram and a WebSocket frame are given as they are.
 */
import { checkMessage } from './check.ts'
import {
  bodyShort,
  type MessageFault,
  messageEmpty,
  notSip,
  statusLineMalformed,
  unanswered,
  viaMissing,
} from './faults.ts'
import { HeaderId } from './header-id.ts'
import { chunkFor, keepLines, usedInts } from './header-table.ts'
import { clientLimits, type MessageLimits } from './limits.ts'
import { emptyScan, scanHeaderLines } from './scan-header-lines.ts'
import { scanStartLine } from './scan-start-line.ts'
import { SipMessage } from './sip-message.ts'

export type { MessageFault } from './faults.ts'

/** A message with a fault is a request that is well-formed enough to be answered with the fault's status. */
export type ParseResult =
  | { readonly message: SipMessage; readonly fault: MessageFault | null }
  | { readonly message: null; readonly fault: MessageFault }

/** Reused: the scan of one message ends before the next begins. */
const scan = emptyScan()

/** Never throws. The message keeps a view of `bytes`, which must not change afterwards. */
export function parseMessage(bytes: Buffer, limits: MessageLimits = clientLimits): ParseResult {
  const own = withoutLeadingLineEnds(bytes)
  if (own.length === 0) return { message: null, fault: messageEmpty }
  const startFault = scanStartLine(own, scan, limits.registerHeadBytesMax)
  if (startFault === notSip || startFault === statusLineMalformed) return { message: null, fault: startFault }
  const { message, fault } = scanRest(own, limits)
  const found = startFault ?? fault ?? checkMessage(message, limits)
  return found === null ? { message, fault: null } : judge(message, found)
}

function scanRest(bytes: Buffer, limits: MessageLimits): { message: SipMessage; fault: MessageFault | null } {
  const table = chunkFor(limits.headerLinesMax)
  const base = usedInts()
  const headBytesMax = scan.method === 'REGISTER' ? limits.registerHeadBytesMax : limits.headBytesMax
  const fault = scanHeaderLines(bytes, scan, table, base, headBytesMax, limits.headerLinesMax)
  keepLines(scan.linesCount)
  const bodyFault = placeBody(bytes)
  // What follows the body in a datagram is no part of the message (RFC 3261 §18.3).
  const whole = scan.bodyEnd === bytes.length ? bytes : bytes.subarray(0, scan.bodyEnd)
  return { message: new SipMessage(whole, scan, table, base), fault: fault ?? bodyFault }
}

/** Without a Content-Length the body goes to the end of the datagram. */
function placeBody(bytes: Buffer): MessageFault | null {
  const available = bytes.length - scan.bodyStart
  scan.bodyEnd = bytes.length
  if (scan.contentLength > available) return bodyShort
  if (scan.contentLength >= 0) scan.bodyEnd = scan.bodyStart + scan.contentLength
  return null
}

function judge(message: SipMessage, fault: MessageFault): ParseResult {
  if (!message.isRequest || message.method === 'ACK') return { message: null, fault: unanswered(fault) }
  return message.has(HeaderId.via) ? { message, fault } : { message: null, fault: viaMissing }
}

/** RFC 3261 §7.5: line ends before the start line are ignored. */
function withoutLeadingLineEnds(bytes: Buffer): Buffer {
  let start = 0
  while (start + 1 < bytes.length && bytes[start] === 0x0d && bytes[start + 1] === 0x0a) start += 2
  return start === 0 ? bytes : bytes.subarray(start)
}
