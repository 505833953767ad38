/**
 * New messages as bytes: responses to a request (RFC 3261 §8.2.6) and requests of our own (§8.1.1). Changed copies of what
 * came are made by `edit.ts`.
 */
import { assertOneLine, beginMessage, finishMessage, writeBytes, writeText } from './byte-writer.ts'
import { HeaderId } from './header-id.ts'
import { firstListValue, listValueEnd } from './list.ts'
import { reasonPhrase } from './reason-phrases.ts'
import type { SipMessage } from './sip-message.ts'

export { reasonPhrase } from './reason-phrases.ts'

/** Names and values in the order in which they are written. */
export type HeaderLines = readonly (readonly [name: string, value: string])[]

interface Content {
  readonly body?: Uint8Array | undefined
  readonly contentType?: string | undefined
}

/** Where a request came from, for its top Via. */
interface Source {
  /** Address, for `received` (RFC 3261 §18.2.1). */
  readonly received?: string | undefined
  /** Port, for `rport` (RFC 3581 §4). */
  readonly rport?: number | undefined
}

export interface ResponseOptions extends Content, Source {
  /** Default: the phrase of the status. */
  readonly reason?: string | undefined
  /** Added to To when the request's To has no tag. */
  readonly toTag?: string | undefined
  /** Written after the copied ones. */
  readonly headers?: HeaderLines | undefined
}

export interface RequestOptions extends Content {
  readonly method: string
  readonly requestUri: string
  readonly headers: HeaderLines
}

/** Methods whose 1xx and 2xx make a dialog, and so give back the Record-Route (RFC 3261 §12.1.1, RFC 6665, 3515). */
const dialogMethods = new Set(['INVITE', 'SUBSCRIBE', 'REFER', 'NOTIFY', 'UPDATE', 'PRACK'])

/** Also for requests with a fault: what a request lacks, its response lacks too. */
export function encodeResponse(request: SipMessage, status: number, options: ResponseOptions = {}): Buffer {
  const reason = options.reason ?? reasonPhrase(status)
  assertOneLine(reason)
  for (const [, value] of options.headers ?? []) assertOneLine(value)
  beginMessage()
  writeText(`SIP/2.0 ${status} ${reason}\r\n`)
  writeCopied(request, status, options)
  return finish(options.headers ?? [], options)
}

function writeCopied(request: SipMessage, status: number, options: ResponseOptions): void {
  const withRoutes = status > 100 && status < 300 && dialogMethods.has(request.method)
  let topVia = true
  for (let line = 0; line < request.headersCount; line++) {
    switch (request.idAt(line)) {
      case HeaderId.via:
        if (topVia) writeTopVia(request, line, options)
        else writeLine(request, line, '')
        topVia = false
        break
      case HeaderId.to:
        writeLine(request, line, options.toTag !== undefined && needsTag(request) ? `;tag=${options.toTag}` : '')
        break
      case HeaderId.from:
      case HeaderId.callId:
      case HeaderId.cseq:
        writeLine(request, line, '')
        break
      case HeaderId.recordRoute:
        if (withRoutes) writeLine(request, line, '')
        break
      case HeaderId.timestamp:
        if (status === 100) writeLine(request, line, '')
        break
    }
  }
}

function needsTag(request: SipMessage): boolean {
  return request.to === null || request.to.tag === null
}

/** A line of the request as it came, without blanks at its end, with `suffix`. */
function writeLine(request: SipMessage, line: number, suffix: string): void {
  writeBytes(request.bytes, request.lineStartAt(line), request.valueEndAt(line))
  writeText(`${suffix}\r\n`)
}

function writeTopVia(request: SipMessage, line: number, options: ResponseOptions): void {
  if (options.received === undefined && options.rport === undefined) {
    writeLine(request, line, '')
    return
  }
  const text = request.valueAt(line)
  const rest = text.slice(listValueEnd(text, 0))
  writeText(`Via: ${withSource(firstListValue(text), options)}${rest}\r\n`)
}

/** A Via value with the source that we saw; what the sender claimed about it is overwritten. */
export function withSource(via: string, source: Source): string {
  let text = via
  if (source.rport !== undefined) {
    text = text.replace(/;[ \t]*rport(?:[ \t]*=[ \t]*[^;\s]*)?(?=[ \t]*(?:;|$))/i, '')
    text += `;rport=${source.rport}`
  }
  if (source.received !== undefined) {
    text = text.replace(/;[ \t]*received[ \t]*=[ \t]*[^;\s]*/i, '')
    text += `;received=${source.received}`
  }
  return text
}

export function encodeRequest(options: RequestOptions): Buffer {
  assertOneLine(options.requestUri)
  for (const [, value] of options.headers) assertOneLine(value)
  beginMessage()
  writeText(`${options.method} ${options.requestUri} SIP/2.0\r\n`)
  return finish(options.headers, options)
}

/** Writes the remaining headers, Content-Length and the body. */
function finish(headers: HeaderLines, content: Content): Buffer {
  for (const [name, value] of headers) writeText(`${name}: ${value}\r\n`)
  if (content.contentType !== undefined) writeText(`Content-Type: ${content.contentType}\r\n`)
  const bodyBytes = content.body?.length ?? 0
  writeText(`Content-Length: ${bodyBytes}\r\n\r\n`)
  if (content.body !== undefined) writeBytes(content.body, 0, bodyBytes)
  return finishMessage()
}
