/**
 * Whether a scanned message may be acted on (RFC 3261 §8.1.1, §8.2, §16.3 step 1): mandatory headers, their grammar,
 * the bounds of `limits.ts`. Only what every element must understand; what a proxy or registrar needs, it checks
 * itself.
 */
import {
  bodyTooLong,
  callIdMalformed,
  cseqMalformed,
  cseqMethodDiffers,
  fromMalformed,
  headerMissing,
  headerRepeated,
  type MessageFault,
  maxForwardsMalformed,
  requestUriHeaders,
  requestUriMalformed,
  routeTooMany,
  toMalformed,
  uriSchemeUnsupported,
  uriTooLong,
  viaMalformed,
  viaTooMany,
} from './faults.ts'
import { HeaderId } from './header-id.ts'
import { cseqNumberMax, type MessageLimits } from './limits.ts'
import type { SipMessage } from './sip-message.ts'

const mandatory = bit(HeaderId.from) | bit(HeaderId.to) | bit(HeaderId.callId) | bit(HeaderId.cseq)
const once = mandatory | bit(HeaderId.maxForwards)
/** `SIP/2.0/X a,` and `<sip:a>,`: fewer bytes than this a value cannot hold more values than the bound allows. */
const viaValueBytesMin = 12
const routeValueBytesMin = 8

function bit(id: number): number {
  return 1 << id
}

export function checkMessage(message: SipMessage, limits: MessageLimits): MessageFault | null {
  return (
    checkLines(message, limits) ?? checkValues(message) ?? (message.isRequest ? checkRequest(message, limits) : null)
  )
}

function checkLines(message: SipMessage, limits: MessageLimits): MessageFault | null {
  let seen = 0
  let viaBytes = 0
  let routeBytes = 0
  for (let line = 0; line < message.headersCount; line++) {
    const id = message.idAt(line)
    if (id > HeaderId.route) continue
    const flag = bit(id) & once
    if ((seen & flag) !== 0) return headerRepeated
    seen |= flag
    if (id === HeaderId.via) viaBytes += message.valueEndAt(line) - message.valueStartAt(line)
    else if (id === HeaderId.route) routeBytes += message.valueEndAt(line) - message.valueStartAt(line)
  }
  if ((seen & mandatory) !== mandatory) return headerMissing
  if (tooMany(message, HeaderId.via, viaBytes / viaValueBytesMin, limits.viaValuesMax)) return viaTooMany
  if (tooMany(message, HeaderId.route, routeBytes / routeValueBytesMin, limits.routeValuesMax)) return routeTooMany
  return null
}

/** Counts exactly only where the bytes could hold that many. */
function tooMany(message: SipMessage, id: HeaderId, upperBound: number, max: number): boolean {
  return upperBound > max && message.values(id).length > max
}

function checkValues(message: SipMessage): MessageFault | null {
  if (message.topVia === null) return viaMalformed
  if (message.from === null) return fromMalformed
  if (message.to === null) return toMalformed
  if (message.callId === '') return callIdMalformed
  const cseq = message.cseq
  return cseq === null || cseq.number > cseqNumberMax ? cseqMalformed : null
}

function checkRequest(message: SipMessage, limits: MessageLimits): MessageFault | null {
  if (message.cseq?.method !== message.method) return cseqMethodDiffers
  if (message.maxForwards === null && message.has(HeaderId.maxForwards)) return maxForwardsMalformed
  const bodyBytes = message.bodyEnd - message.bodyStart
  const bodyBytesMax = message.method === 'MESSAGE' ? limits.messageBodyBytesMax : limits.bodyBytesMax
  if (bodyBytes > bodyBytesMax) return bodyTooLong
  return checkRequestUri(message, limits)
}

const otherScheme = /^(?!sips?:)[a-z][a-z0-9+.-]*:./i

function checkRequestUri(message: SipMessage, limits: MessageLimits): MessageFault | null {
  const text = message.requestUri
  if (text.length > limits.uriBytesMax) return uriTooLong
  const uri = message.requestSipUri
  if (uri === null) return otherScheme.test(text) ? uriSchemeUnsupported : requestUriMalformed
  if (uri.scheme !== 'sip' && uri.scheme !== 'sips') return uriSchemeUnsupported
  return uri.headers === null ? null : requestUriHeaders
}
