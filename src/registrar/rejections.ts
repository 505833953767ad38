/**
 * What the registrar refuses (RFC 3261 §10.3, RFC 5626, 3327).
 */
import { rejection } from '../shard/index.ts'

export const badContact = rejection({ status: 400, reason: 'Malformed Contact', event: 'registrar.bad-contact' })
/** `*` goes alone and only with Expires 0 (RFC 3261 §10.2.2). */
export const badWildcard = rejection({
  status: 400,
  reason: 'Wildcard Needs Expires 0',
  event: 'registrar.bad-wildcard',
})
export const badContactScheme = rejection({
  status: 400,
  reason: 'Contact Is No SIP URI',
  event: 'registrar.contact-scheme',
})
export const contactTooLong = rejection({
  status: 400,
  reason: 'Contact Too Long',
  event: 'registrar.contact-too-long',
})
/** A lower CSeq with the same Call-ID came late (RFC 3261 §10.3 step 7): nothing was changed. */
export const outOfOrder = rejection({ status: 500, reason: 'CSeq Out Of Order', event: 'registrar.cseq-order' })
/** The user has as many devices as are allowed; removing one makes room. */
export const tooManyDevices = rejection({
  status: 403,
  reason: 'Too Many Devices',
  event: 'registrar.too-many-devices',
})
/** RFC 5626 §6: a reg-id makes sense only if the first hop, which is not us here, keeps the flow. */
export const firstHopLacksOutbound = rejection({
  status: 439,
  reason: 'First Hop Lacks Outbound Support',
  event: 'registrar.first-hop',
})

/** RFC 5626 §6: a REGISTER with a reg-id is about the one flow that it came by, so it may set one Contact only. */
export const severalFlows = rejection({
  status: 400,
  reason: 'One Contact With A reg-id At A Time',
  event: 'registrar.several-flows',
})

export function intervalTooBrief(minSeconds: number): ReturnType<typeof rejection> {
  return rejection({
    status: 423,
    reason: 'Interval Too Brief',
    event: 'registrar.interval-too-brief',
    headers: [['Min-Expires', String(minSeconds)]],
  })
}

export function badExtension(tags: readonly string[]): ReturnType<typeof rejection> {
  return rejection({
    status: 420,
    reason: 'Bad Extension',
    event: 'registrar.bad-extension',
    headers: [['Unsupported', tags.join(', ')]],
  })
}
