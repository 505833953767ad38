/**
 * What can be wrong with a message, with the answer that its sender gets. Values, frozen and shared: a flood of bad
 * messages allocates nothing. Found by `scan-*.ts` and `check.ts`; who answers, or closes the flow, is the edge.
 */

export interface MessageFault {
  /** Of the response, or 0: dropped without an answer, as bad responses and ACKs are. */
  readonly status: number
  readonly reason: string
  /** Name for log and metrics. */
  readonly event: string
}

function fault(status: number, reason: string, event: string): MessageFault {
  return Object.freeze({ status, reason, event })
}

/** Nothing but line ends: a keep-alive over UDP. */
export const messageEmpty = fault(0, 'Empty Message', 'parse.message-empty')
/** No start line of SIP: another protocol, or rubbish. An answer would feed reflectors. */
export const notSip = fault(0, 'Not SIP', 'parse.not-sip')
/** No Via, so nobody could match an answer (RFC 3261 §8.2.6.2). */
export const viaMissing = fault(0, 'Missing Via', 'parse.via-missing')
/** RFC 3261 §7.1: single spaces, no others, around the Request-URI. Blanks in it are how URIs get smuggled. */
export const requestLineMalformed = fault(400, 'Malformed Request-Line', 'parse.request-line-malformed')
/** RFC 3261 §21.5.6. */
export const versionNotSupported = fault(505, 'Version Not Supported', 'parse.version-not-supported')
/** A status line without three digits between 100 and 699. */
export const statusLineMalformed = fault(0, 'Malformed Status-Line', 'parse.status-line-malformed')
export const uriTooLong = fault(414, 'Request-URI Too Long', 'parse.uri-too-long')
/** RFC 3261 §16.3 step 2: only `sip:` and `sips:` can be routed here. */
export const uriSchemeUnsupported = fault(416, 'Unsupported URI Scheme', 'parse.uri-scheme-unsupported')
export const requestUriMalformed = fault(400, 'Malformed Request-URI', 'parse.request-uri-malformed')
/** RFC 3261 §19.1.1: a Request-URI has no headers. Taking them would let a link write our headers. */
export const requestUriHeaders = fault(400, 'Headers In Request-URI', 'parse.request-uri-headers')
/** No colon, or a name with characters that none may have. */
export const headerMalformed = fault(400, 'Malformed Header Field', 'parse.header-malformed')
/** A CR or LF alone. Peers that take it for a line end would read a header that we have not seen. */
export const lineEndMalformed = fault(400, 'Bare CR Or LF In Header', 'parse.line-end-malformed')
/** The empty line after the headers is missing: the datagram was cut. */
export const headUnfinished = fault(400, 'Missing End Of Headers', 'parse.head-unfinished')
export const headTooLong = fault(513, 'Message Head Too Large', 'parse.head-too-long')
export const headerLinesTooMany = fault(513, 'Too Many Header Fields', 'parse.header-lines-too-many')
/** RFC 3261 §8.1.1: To, From, CSeq, Call-ID. Max-Forwards is not asked for: RFC 2543 had it optional. */
export const headerMissing = fault(400, 'Missing Mandatory Header Field', 'parse.header-missing')
/** Two From, To, Call-ID, CSeq or Max-Forwards: each element would choose its own (RFC 4475 §3.3.8). */
export const headerRepeated = fault(400, 'Repeated Header Field', 'parse.header-repeated')
export const contentLengthMalformed = fault(400, 'Malformed Content-Length', 'parse.content-length-malformed')
/** Different values of Content-Length: the way to hide one message in another (RFC 4475 §3.3.9). */
export const contentLengthConflicting = fault(400, 'Conflicting Content-Length', 'parse.content-length-conflicting')
/** The datagram ends before its body does (RFC 3261 §18.3). */
export const bodyShort = fault(400, 'Body Shorter Than Content-Length', 'parse.body-short')
export const bodyTooLong = fault(413, 'Request Entity Too Large', 'parse.body-too-long')
export const viaMalformed = fault(400, 'Malformed Via', 'parse.via-malformed')
export const viaTooMany = fault(483, 'Too Many Hops', 'parse.via-too-many')
export const routeTooMany = fault(513, 'Too Many Routes', 'parse.route-too-many')
export const fromMalformed = fault(400, 'Malformed From', 'parse.from-malformed')
export const toMalformed = fault(400, 'Malformed To', 'parse.to-malformed')
export const callIdMalformed = fault(400, 'Malformed Call-ID', 'parse.call-id-malformed')
/** Not a number below 2³¹ and a method, or not the method of the start line (RFC 3261 §8.1.1.5). */
export const cseqMalformed = fault(400, 'Malformed CSeq', 'parse.cseq-malformed')
export const cseqMethodDiffers = fault(400, 'CSeq Method Does Not Match', 'parse.cseq-method-differs')
export const maxForwardsMalformed = fault(400, 'Malformed Max-Forwards', 'parse.max-forwards-malformed')

/** The same fault of a message that is not answered: responses, and ACK (RFC 3261 §17). */
export function unanswered(of: MessageFault): MessageFault {
  return of.status === 0 ? of : { status: 0, reason: of.reason, event: of.event }
}
