/**
 * The text of a NOTIFY (RFC 6665 §4.2.2, §8.2): everything but Via, which the edge that owns the flow writes.
 */
import type { SendMessage } from '../ports/bus.ts'
import type { Unit } from '../shard/index.ts'
import { headTextOf } from '../sip/message/text.ts'
import type { NotifyDocument } from './event-package.ts'
import type { Subscription } from './subscription.ts'

type NotifyText = Pick<SendMessage, 'requestUri' | 'headers' | 'body'>

/** Counts the dialog's CSeq up. */
export function makeNotify(unit: Unit, subscription: Subscription, document: NotifyDocument | null): NotifyText {
  const { dialog, eventPackage, eventId } = subscription
  const { requestUri, headers } = dialog.nextRequest('NOTIFY')
  let text = ''
  for (const [name, value] of headers) text += `${name}: ${headTextOf(value)}\r\n`
  const id = eventId === null ? '' : `;id=${headTextOf(eventId)}`
  text += `Contact: ${subscription.contact}\r\nEvent: ${eventPackage.name}${id}\r\n`
  text += `Subscription-State: ${stateOf(subscription, unit.nowMs)}\r\n`
  if (!document) return { requestUri, headers: text, body: null }
  if (document.requires !== undefined) text += `Require: ${document.requires}\r\n`
  if (document.entityTag !== null) text += `SIP-ETag: ${document.entityTag}\r\n`
  return { requestUri, headers: `${text}Content-Type: ${document.contentType}\r\n`, body: document.body }
}

function stateOf(subscription: Subscription, nowMs: number): string {
  const { state, endReason, expiresMs, minGapMs, maxGapMs, adaptiveGapMs } = subscription
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
