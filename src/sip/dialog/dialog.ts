/**
 * A dialog: what two user agents keep between a request that made it and the requests within it (RFC 3261 §12). Pure
 * state for user agents; the proxy keeps none. Via, Contact, and what the requests are about are left to the caller.
 */

import { HeaderId } from '../message/header-id.ts'
import { writtenTag } from '../message/name-addr.ts'
import { ownText } from '../message/own-text.ts'
import type { SipMessage } from '../message/sip-message.ts'
import { headTextOf } from '../message/text.ts'
import { dialogKey } from './match.ts'
import { requestRoute } from './route.ts'

export type DialogState = 'early' | 'confirmed' | 'terminated'

/** The beginning of a request within a dialog; the caller puts Via before and the rest after. */
export interface DialogRequest {
  readonly requestUri: string
  /** Head text: Route lines, Max-Forwards, From, To, Call-ID, CSeq, each with its line end. */
  readonly headers: string
}

/** All that a dialog is: to make it again from where it was kept (`restoreDialog`). */
export interface DialogParts {
  readonly method: string
  readonly callId: string
  readonly localTag: string
  readonly remoteTag: string | null
  readonly localUri: string
  readonly remoteUri: string
  readonly localSequence: number
  readonly remoteSequence: number | null
  readonly remoteTarget: string
  readonly routeSet: readonly string[]
  readonly state: DialogState
}

/** What requests of the peer change. */
export type RemoteState = Pick<Dialog, 'remoteSequence' | 'remoteTarget'>

/** Requests that may move the remote target (RFC 3261 §12.2, RFC 3311, RFC 6665 §4.4.1). */
const targetRefreshMethods = new Set(['INVITE', 'UPDATE', 'SUBSCRIBE', 'NOTIFY', 'REFER'])

const noRoutes: readonly string[] = Object.freeze([])

export class Dialog {
  readonly callId: string
  readonly localTag: string
  /** As the peer writes it, perhaps in quotes. Null for an RFC 2543 peer, which may give none. */
  readonly remoteTag: string | null
  readonly localUri: string
  readonly remoteUri: string
  /** Method of the request that made it: only a 2xx to that one confirms. */
  readonly #method: string
  #localSequence: number
  #remoteSequence: number | null
  #remoteTarget: string
  #routeSet: readonly string[]
  #state: DialogState

  /** `like`: a dialog with the same peer, whose texts serve for both where they are equal. */
  constructor(parts: DialogParts, like: Dialog | null = null) {
    this.callId = ownText(parts.callId)
    this.localTag = parts.localTag
    this.remoteTag = parts.remoteTag === null ? null : ownText(parts.remoteTag, like?.remoteTag)
    this.localUri = ownText(parts.localUri, like?.localUri)
    this.remoteUri = ownText(parts.remoteUri, like?.remoteUri)
    this.#method = parts.method
    this.#localSequence = parts.localSequence
    this.#remoteSequence = parts.remoteSequence
    this.#remoteTarget = ownText(parts.remoteTarget, like?.remoteTarget)
    this.#routeSet = parts.routeSet.length === 0 ? noRoutes : parts.routeSet.map((route) => ownText(route))
    this.#state = parts.state
  }

  get state(): DialogState {
    return this.#state
  }

  /** Contact of the peer: where requests go at last. */
  get remoteTarget(): string {
    return this.#remoteTarget
  }

  /** Values of Route, in the order in which a request passes them. */
  get routeSet(): readonly string[] {
    return this.#routeSet
  }

  /** CSeq number of the peer's last request; null when it has sent none. */
  get remoteSequence(): number | null {
    return this.#remoteSequence
  }

  /** CSeq number of our last request. */
  get localSequence(): number {
    return this.#localSequence
  }

  get key(): string {
    return dialogKey(this.callId, this.localTag, this.remoteTag)
  }

  /** RFC 3261 §12.2.1.1; counts CSeq up. Not for ACK and CANCEL, which have the number of their INVITE. */
  nextRequest(method: string): DialogRequest {
    this.#localSequence++
    return this.#request(method, this.#localSequence)
  }

  /** The ACK for a 2xx (RFC 3261 §13.2.2.4); `inviteSequence` is the CSeq number of the INVITE that it acknowledges. */
  ackRequest(inviteSequence: number): DialogRequest {
    return this.#request('ACK', inviteSequence)
  }

  /**
   * A response to a request of ours within the dialog, or to the one that made it (RFC 3261 §12.2.1.2, §13.2.2.4).
   * A 2xx confirms an early dialog, with the route that it brings; only then may the route still change.
   */
  receiveResponse(response: SipMessage): void {
    const status = response.statusCode
    const method = response.cseq?.method ?? ''
    if (status === 481 || status === 408) this.#state = 'terminated'
    if (this.#state === 'terminated' || status < 200 || status > 299) return
    if (this.#state === 'early' && method === this.#method) {
      this.#state = 'confirmed'
      this.#routeSet = response.values(HeaderId.recordRoute).reverse()
    }
    this.#remoteTarget = this.#targetAfter(method, response)
  }

  /**
   * A request of the peer within the dialog (RFC 3261 §12.2.2). False when its CSeq is lower than an earlier one's:
   * the answer is then 500. ACK and CANCEL have the number of their INVITE and are always in order.
   */
  receiveRequest(request: SipMessage): boolean {
    const after = this.afterRequest(request)
    if (!after) return false
    this.#remoteSequence = after.remoteSequence
    this.#remoteTarget = after.remoteTarget
    return true
  }

  /** The request that had moved the target was refused after all. */
  takeBackTarget(remoteTarget: string): void {
    this.#remoteTarget = remoteTarget
  }

  /** What `receiveRequest` would make of it; null: the request is out of order. Changes nothing. */
  afterRequest(request: SipMessage): RemoteState | null {
    const sequence = request.cseq?.number ?? 0
    if (request.method === 'ACK' || request.method === 'CANCEL') {
      return { remoteSequence: this.#remoteSequence, remoteTarget: this.#remoteTarget }
    }
    if (this.#remoteSequence !== null && sequence < this.#remoteSequence) return null
    return { remoteSequence: sequence, remoteTarget: this.#targetAfter(request.method, request) }
  }

  /** The user has answered the request that made it with a 2xx. */
  confirm(): void {
    if (this.#state === 'early') this.#state = 'confirmed'
  }

  /** BYE, the end of a subscription, or a failure of the request that made it (RFC 3261 §12.3). */
  terminate(): void {
    this.#state = 'terminated'
  }

  #targetAfter(method: string, message: SipMessage): string {
    if (!targetRefreshMethods.has(method)) return this.#remoteTarget
    return ownText(contactUri(message) ?? this.#remoteTarget, this.#remoteTarget)
  }

  #request(method: string, sequence: number): DialogRequest {
    const { requestUri, routes } = requestRoute(this.#routeSet, this.#remoteTarget)
    let lines = ''
    for (const route of routes) lines += `Route: ${headTextOf(route)}\r\n`
    const from = encodeParty(this.localUri, this.localTag)
    const to = encodeParty(this.remoteUri, this.remoteTag)
    const callId = headTextOf(this.callId)
    lines += `Max-Forwards: 70\r\nFrom: ${from}\r\nTo: ${to}\r\nCall-ID: ${callId}\r\nCSeq: ${sequence} ${method}\r\n`
    return { requestUri, headers: lines }
  }
}

/**
 * The dialog that a response to our request makes (RFC 3261 §12.1.2): early for 101 to 199, confirmed for 2xx.
 * Null for any other response, and for one without a tag or a Contact where there must be one.
 */
export function clientDialog(request: SipMessage, response: SipMessage): Dialog | null {
  const status = response.statusCode
  const { from, callId, cseq } = request
  const to = response.to
  const remoteTarget = contactUri(response)
  if (status <= 100 || status > 299 || remoteTarget === null) return null
  if (from?.tag == null || to === null || callId === null || cseq === null) return null
  // An RFC 2543 peer may leave the tag out of its 2xx; a provisional without one cannot be told from a proxy's.
  if (to.tag === null && status < 200) return null
  return new Dialog({
    method: request.method,
    callId,
    localTag: from.tag,
    remoteTag: writtenTag(response.first(HeaderId.to) ?? '', to),
    localUri: from.uri,
    remoteUri: to.uri,
    localSequence: cseq.number,
    remoteSequence: null,
    remoteTarget,
    routeSet: response.values(HeaderId.recordRoute).reverse(),
    state: status < 200 ? 'early' : 'confirmed',
  })
}

/**
 * The dialog that we make by answering a request (RFC 3261 §12.1.1), early until `confirm`. `localTag` is the tag that
 * our responses have in To. Null when the request lacks what a dialog needs: Contact above all.
 */
export function serverDialog(request: SipMessage, localTag: string, like: Dialog | null = null): Dialog | null {
  const { from, to, callId, cseq } = request
  const remoteTarget = contactUri(request)
  if (from === null || to === null || callId === null || cseq === null || remoteTarget === null) return null
  return new Dialog(
    {
      method: request.method,
      callId,
      localTag,
      remoteTag: writtenTag(request.first(HeaderId.from) ?? '', from),
      localUri: to.uri,
      remoteUri: from.uri,
      // Our first request has CSeq 1: the number is ours to choose (RFC 3261 §12.2.1.1).
      localSequence: 0,
      remoteSequence: cseq.number,
      remoteTarget,
      routeSet: request.values(HeaderId.recordRoute),
      state: 'early',
    },
    like,
  )
}

/** A dialog that was kept somewhere. */
export function restoreDialog(parts: DialogParts): Dialog {
  return new Dialog(parts)
}

function contactUri(message: SipMessage): string | null {
  const contacts = message.contacts
  return contacts === null || contacts === 'star' ? null : (contacts[0]?.uri ?? null)
}

function encodeParty(uri: string, tag: string | null): string {
  return tag === null ? `<${headTextOf(uri)}>` : `<${headTextOf(uri)}>;tag=${headTextOf(tag)}`
}
