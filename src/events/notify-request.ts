/**
 * The text of a NOTIFY (RFC 6665 §4.2.2, §8.2): everything but Via, which the edge that owns the flow writes.
 */
import type { OwnRequest } from '../ports/own-requests.ts'
import { ownBytes } from '../sip/message/own-bytes.ts'
import { headTextOf, joinOwnMessage } from '../sip/message/text.ts'
import type { NotifyDocument } from './event-package.ts'
import type { Subscription } from './subscription.ts'

type NotifyText = Pick<OwnRequest, 'requestUri' | 'headers' | 'content'>

export class NotifyRequests {
  /** The newest: when a state changes, thousands are told the same, one after the other. */
  #lastDocument: NotifyDocument | null = null
  #lastContent: Uint8Array = noContent

  /** Counts the dialog's CSeq up. What has more to come is not the last, whatever the subscription is about to be. */
  make(nowMs: number, subscription: Subscription, document: NotifyDocument | null): NotifyText {
    const { dialog, eventPackage, eventId, contact } = subscription
    const { requestUri, headers } = dialog.nextRequest('NOTIFY')
    const id = eventId === null ? '' : `;id=${headTextOf(eventId)}`
    const state = stateOf(subscription, document?.hasMore ?? false, nowMs)
    const own = `Contact: ${contact}\r\nEvent: ${eventPackage.name}${id}\r\nSubscription-State: ${state}\r\n`
    return { requestUri, headers: headers + own, content: document ? this.#contentOf(document) : noContent }
  }

  #contentOf(document: NotifyDocument): Uint8Array {
    if (!this.#lastDocument || !isSame(this.#lastDocument, document)) this.#lastContent = contentOf(document)
    this.#lastDocument = document
    return this.#lastContent
  }
}

const noContent: Uint8Array = ownBytes(Buffer.from('Content-Length: 0\r\n\r\n', 'latin1'))

/** Headers of the document and its body, in memory of their own: they may go to another worker. */
function contentOf({ body, contentType, entityTag, requires }: NotifyDocument): Uint8Array {
  let head = requires === undefined ? '' : `Require: ${requires}\r\n`
  if (entityTag !== null) head += `SIP-ETag: ${entityTag}\r\n`
  if (body.length > 0) head += `Content-Type: ${contentType}\r\n`
  head += `Content-Length: ${body.length}\r\n\r\n`
  return joinOwnMessage(head, body)
}

/** By the very bytes: who shares them has not changed them. */
function isSame(a: NotifyDocument, b: NotifyDocument): boolean {
  return (
    a.body === b.body && a.entityTag === b.entityTag && a.contentType === b.contentType && a.requires === b.requires
  )
}

function stateOf(subscription: Subscription, hasMore: boolean, nowMs: number): string {
  const { state, endReason, expiresMs, minGapMs, maxGapMs, adaptiveGapMs } = subscription
  if (state === 'terminated' && hasMore) return 'active;expires=0'
  if (state === 'terminated') {
    // RFC 6665 §4.1.3: after these it is worth trying again, later or at once; the others say for themselves.
    const isForLater = endReason === 'probation' || endReason === 'giveup'
    return `terminated;reason=${endReason}${isForLater ? ';retry-after=60' : ''}`
  }
  const seconds = Math.max(0, Math.ceil((expiresMs - nowMs) / 1000))
  const rates = rate('max-rate', minGapMs) + rate('min-rate', maxGapMs) + rate('adaptive-min-rate', adaptiveGapMs)
  return `${state};expires=${seconds}${rates}`
}

/** RFC 6446 §4.1: the rates in force, in NOTIFYs per second. */
function rate(name: string, gapMs: number): string {
  return gapMs === 0 ? '' : `;${name}=${Number((1000 / gapMs).toFixed(6))}`
}
