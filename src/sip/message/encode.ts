/**
 * New messages as bytes: responses to a request (RFC 3261 §8.2.6) and requests of our own (§8.1.1). Changed copies of
 * what came are made by `edit.ts`.
 */
import { HeaderId } from './header-id.ts'
import { listValueEnd } from './list.ts'
import { reasonPhrase } from './reason-phrases.ts'
import type { SipMessage } from './sip-message.ts'
import { headTextOf, joinMessage } from './text.ts'

export { reasonPhrase } from './reason-phrases.ts'

/** Names and values in the order in which they are written. */
export type HeaderLines = readonly (readonly [name: string, value: string])[]

interface Content {
  readonly body?: Uint8Array | undefined
  readonly contentType?: string | undefined
}

/** Where a request came from, for its top Via. */
export interface Source {
  /** Address, for `received` (RFC 3261 §18.2.1). */
  readonly received?: string | undefined
  /** Port, for `rport` (RFC 3581 §4). */
  readonly rport?: number | undefined
}

export interface ResponseOptions extends Content, Source {
  /** Instead of the top Via value that came. */
  readonly topVia?: string | undefined
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
  const reason = options.reason === undefined ? reasonPhrase(status) : headTextOf(options.reason)
  const head = `SIP/2.0 ${status} ${reason}\r\n${copiedLines(request, status, options)}`
  return finish(head, options.headers ?? [], options)
}

/** As they came, folding and compact names and all (RFC 3261 §8.2.6.2). */
function copiedLines(request: SipMessage, status: number, options: ResponseOptions): string {
  const withRoutes = status > 100 && status < 300 && dialogMethods.has(request.method)
  let lines = ''
  let isTopVia = true
  for (let line = 0; line < request.headersCount; line++) {
    switch (request.idAt(line)) {
      case HeaderId.via:
        lines += isTopVia ? topViaLine(request, line, options) : copiedLine(request, line)
        isTopVia = false
        break
      case HeaderId.to:
        lines += needsTag(request, options) ? taggedLine(request, line, options.toTag!) : copiedLine(request, line)
        break
      case HeaderId.from:
      case HeaderId.callId:
      case HeaderId.cseq:
        lines += copiedLine(request, line)
        break
      case HeaderId.recordRoute:
        if (withRoutes) lines += copiedLine(request, line)
        break
      case HeaderId.timestamp:
        if (status === 100) lines += copiedLine(request, line)
        break
    }
  }
  return lines
}

function copiedLine(request: SipMessage, line: number): string {
  return `${request.headText.slice(request.lineStartAt(line), request.valueEndAt(line))}\r\n`
}

function needsTag(request: SipMessage, options: ResponseOptions): boolean {
  return options.toTag !== undefined && (request.to === null || request.to.tag === null)
}

function taggedLine(request: SipMessage, line: number, tag: string): string {
  return `${request.headText.slice(request.lineStartAt(line), request.valueEndAt(line))};tag=${headTextOf(tag)}\r\n`
}

function topViaLine(request: SipMessage, line: number, source: ResponseOptions): string {
  if (source.topVia !== undefined) return `Via: ${headTextOf(source.topVia)}\r\n`
  if (source.received === undefined && source.rport === undefined) return copiedLine(request, line)
  const text = request.valueAt(line)
  const end = listValueEnd(text, 0)
  return `Via: ${headTextOf(withSource(text.slice(0, end).trimEnd(), source) + text.slice(end))}\r\n`
}

const rportParam = /;[ \t]*rport(?:[ \t]*=[ \t]*[^;\s]*)?(?=[ \t]*(?:;|$))/i
const receivedParam = /;[ \t]*received[ \t]*=[ \t]*[^;\s]*/i

/** A Via value with the source that we saw; what the sender claimed about it is overwritten. */
export function withSource(via: string, source: Source): string {
  let text = via
  if (source.rport !== undefined) text = `${text.replace(rportParam, '')};rport=${source.rport}`
  if (source.received !== undefined) text = `${text.replace(receivedParam, '')};received=${source.received}`
  return text
}

export function encodeRequest(options: RequestOptions): Buffer {
  return finish(`${options.method} ${headTextOf(options.requestUri)} SIP/2.0\r\n`, options.headers, options)
}

/** Adds the remaining headers, Content-Length and the body. */
function finish(start: string, headers: HeaderLines, content: Content): Buffer {
  let head = start
  for (const [name, value] of headers) head += `${headTextOf(name)}: ${headTextOf(value)}\r\n`
  if (content.contentType !== undefined) head += `Content-Type: ${headTextOf(content.contentType)}\r\n`
  const body = content.body ?? noBody
  head += `Content-Length: ${body.length}\r\n\r\n`
  return joinMessage(head, body, 0, body.length)
}

const noBody = new Uint8Array(0)
