/**
 * What a REGISTER asks for (RFC 3261 §10.3, 5626 §6, 3327 §5): its Contacts, checked and with their expiry settled,
 * or a rejection. Pure reading; which bindings exist and what becomes of them is `plan-register.ts`.
 */

import type { FlowIdentity } from '../ports/bus.ts'
import type { Rejection } from '../shard/index.ts'
import { HeaderId } from '../sip/message/header-id.ts'
import type { ContactValue } from '../sip/message/name-addr.ts'
import type { SipMessage } from '../sip/message/sip-message.ts'
import { parseSipUri } from '../sip/uri/sip-uri.ts'
import { type BindingIdentity, deviceKeyOf, identityOf } from './binding.ts'
import * as rejections from './rejections.ts'
import type { RegistrarSettings } from './settings.ts'

/** One Contact of the request. Seconds 0: remove. */
export interface WantedContact {
  readonly identity: BindingIdentity
  readonly deviceKey: string
  readonly contactUri: string
  readonly instanceId: string | null
  readonly regId: number | null
  readonly q: number
  readonly seconds: number
}

export type RegisterRequest =
  | { readonly kind: 'fetch' }
  | { readonly kind: 'remove-all' }
  | { readonly kind: 'contacts'; readonly contacts: readonly WantedContact[] }
  | { readonly kind: 'rejected'; readonly rejection: Rejection }

/** What we understand in Require (RFC 3261 §8.2.2.3). */
const supported = new Set(['path', 'outbound', 'gruu'])
/** A Contact is kept for weeks and sent in every request to the device. */
const contactBytesMax = 1024

export function readRegister(request: SipMessage, settings: RegistrarSettings): RegisterRequest {
  const unknown = request.values(HeaderId.require).filter((tag) => !supported.has(tag.toLowerCase()))
  if (unknown.length > 0) return rejected(rejections.badExtension(unknown))
  const { contacts } = request
  if (contacts === 'star') {
    const alone = request.values(HeaderId.contact).length === 1
    return alone && request.expiresSeconds === 0 ? { kind: 'remove-all' } : rejected(rejections.badWildcard)
  }
  if (!request.has(HeaderId.contact)) return { kind: 'fetch' }
  if (contacts === null || contacts.length === 0) return rejected(rejections.badContact)
  return readContacts(request, contacts, settings)
}

/** RFC 8898 §2.1.3: no binding outlives what proved it. The client hears so, and comes back before with a new one. */
export function endingWith({ provedUntilMs }: FlowIdentity, wanted: RegisterRequest, nowMs: number): RegisterRequest {
  if (wanted.kind !== 'contacts' || provedUntilMs === null) return wanted
  const secondsMax = Math.max(1, Math.floor((provedUntilMs - nowMs) / 1000))
  const contacts = wanted.contacts.map((each) => ({ ...each, seconds: Math.min(each.seconds, secondsMax) }))
  return { ...wanted, contacts }
}

function readContacts(
  request: SipMessage,
  contacts: readonly ContactValue[],
  settings: RegistrarSettings,
): RegisterRequest {
  const wanted: WantedContact[] = []
  const epid = request.from?.params.get('epid') ?? null
  for (const contact of contacts) {
    const refusal = checkContact(request, contact)
    if (refusal) return rejected(refusal)
    const seconds = settleSeconds(contact.expiresSeconds ?? request.expiresSeconds, settings)
    if (seconds === null) return rejected(rejections.intervalTooBrief(settings.minExpiresSeconds))
    wanted.push(wantedContact(contact, epid, seconds))
  }
  const lasting = wanted.filter(({ seconds }) => seconds > 0)
  if (lasting.length > 1 && lasting.some(({ regId }) => regId !== null)) return rejected(rejections.severalFlows)
  return { kind: 'contacts', contacts: wanted }
}

function checkContact(request: SipMessage, contact: ContactValue): Rejection | null {
  if (contact.uri.length > contactBytesMax) return rejections.contactTooLong
  const uri = parseSipUri(contact.uri)
  if (!uri) return /^sips?:/i.test(contact.uri) ? rejections.badContact : rejections.badContactScheme
  if (uri.scheme !== 'sip' && uri.scheme !== 'sips') return rejections.badContactScheme
  const behindProxy = request.values(HeaderId.via).length > 1
  const pathHasFlow = request.values(HeaderId.path).some((value) => /;ob(?=[;>]|$)/i.test(value))
  return contact.regId !== null && behindProxy && !pathHasFlow ? rejections.firstHopLacksOutbound : null
}

/** Null: too brief (423). Too long is shortened (RFC 3261 §10.3 step 7). */
function settleSeconds(asked: number | null, settings: RegistrarSettings): number | null {
  const seconds = Math.min(asked ?? settings.defaultExpiresSeconds, settings.maxExpiresSeconds)
  return seconds === 0 || seconds >= settings.minExpiresSeconds ? seconds : null
}

function wantedContact(contact: ContactValue, epid: string | null, seconds: number): WantedContact {
  const { instanceId, uri: contactUri, q } = contact
  // A reg-id without an instance means nothing (RFC 5626 §6).
  const regId = instanceId === null ? null : contact.regId
  const identity = identityOf({ instanceId, regId, epid, contactUri })
  return { identity, deviceKey: deviceKeyOf(instanceId, epid, contactUri), contactUri, instanceId, regId, q, seconds }
}

function rejected(rejection: Rejection): RegisterRequest {
  return { kind: 'rejected', rejection }
}
