/**
 * What a REGISTER changes (RFC 3261 §10.3 step 7): the bindings to set and to remove, or a rejection. Pure choice
 * over the user's registrations; writing, answering and timers are the service's.
 */

import type { RequestMessage } from '../ports/bus.ts'
import { storedCeilingMs } from '../ports/records/ceiling.ts'
import type { Rejection } from '../shard/index.ts'
import { HeaderId } from '../sip/message/header-id.ts'
import { ownText } from '../sip/message/own-text.ts'
import type { Aor } from '../sip/uri/aor.ts'
import { sipUrisEqual } from '../sip/uri/sip-uri.ts'
import { type Binding, type BindingIdentity, isLasting } from './binding.ts'
import type { RecentRemovals } from './recent-removals.ts'
import type { RegisterRequest, WantedContact } from './register-request.ts'
import type { Registrations } from './registrations.ts'
import * as rejections from './rejections.ts'
import type { RegistrarSettings } from './settings.ts'

/** Option tag of clients that want copies of what their user sends from other devices; see `docs/extensions.md`. */
const sentCopiesTag = 'im-sent-copies'

export interface RegisterPlan {
  readonly set: readonly Binding[]
  /** Identities of `set` whose record must be written: new, changed, or past the stored ceiling. */
  readonly written: ReadonlySet<BindingIdentity>
  readonly removed: readonly BindingIdentity[]
}

export type RegisterOutcome = RegisterPlan | { readonly rejection: Rejection }

const nothing: RegisterPlan = { set: [], written: new Set(), removed: [] }

export function planRegister(of: {
  aor: Aor
  message: RequestMessage
  wanted: RegisterRequest
  removals: RecentRemovals
  registrations: Registrations
  settings: RegistrarSettings
  nowMs: number
  order: number
}): RegisterOutcome {
  const { aor, wanted, registrations, removals, message, nowMs } = of
  if (wanted.kind === 'rejected') return { rejection: wanted.rejection }
  if (wanted.kind === 'fetch') return nothing
  if (wanted.kind === 'remove-all') return planRemoveAll(message, registrations)
  const plan = { set: [] as Binding[], written: new Set<BindingIdentity>(), removed: [] as BindingIdentity[] }
  for (const contact of newestOfEach(wanted.contacts)) {
    const existing = findBinding(registrations, contact)
    const order = existing ? compareOrder(existing, message) : 'newer'
    const isRemoved = contact.seconds > 0 && !existing && removals.isOlder(aor, message, contact.identity, nowMs)
    if (order === 'older' || isRemoved) return { rejection: rejections.outOfOrder }
    // The same REGISTER again by another way: what it asked has been done.
    if (order === 'same' && existing?.flow === message.source.flow) continue
    if (contact.seconds === 0) {
      if (existing) plan.removed.push(existing.identity)
      continue
    }
    const binding = makeBinding(contact, existing, of)
    plan.set.push(binding)
    if (!existing || mustWrite(existing, binding)) plan.written.add(binding.identity)
  }
  return withinLimit(plan, registrations, of.settings) ? plan : { rejection: rejections.tooManyDevices }
}

/** Of two Contacts that mean one binding, the one further down counts, as if they had come one after the other. */
function newestOfEach(contacts: readonly WantedContact[]): Iterable<WantedContact> {
  return new Map(contacts.map((contact) => [contact.identity, contact])).values()
}

function planRemoveAll(message: RequestMessage, registrations: Registrations): RegisterOutcome {
  const bindings = [...registrations.bindings.values()]
  if (bindings.some((binding) => compareOrder(binding, message) === 'older'))
    return { rejection: rejections.outOfOrder }
  return { ...nothing, removed: bindings.map((binding) => binding.identity) }
}

/** Contacts without instance or epid are the same by the rules of URI comparison (RFC 3261 §10.3 step 7). */
function findBinding(registrations: Registrations, contact: WantedContact): Binding | null {
  const exact = registrations.bindings.get(contact.identity)
  if (exact) return exact
  if (isLasting(contact.deviceKey)) return null
  for (const binding of registrations.bindings.values()) {
    if (!isLasting(binding.deviceKey) && sipUrisEqual(binding.contactUri, contact.contactUri)) return binding
  }
  return null
}

function compareOrder(binding: Binding, message: RequestMessage): 'newer' | 'same' | 'older' {
  const cseq = message.request.cseq?.number ?? 0
  // Another Call-ID is another run of the client: its numbers start anew.
  if (binding.callId !== message.request.callId || cseq > binding.cseq) return 'newer'
  return cseq === binding.cseq ? 'same' : 'older'
}

function makeBinding(
  contact: WantedContact,
  existing: Binding | null,
  of: { message: RequestMessage; nowMs: number; order: number },
): Binding {
  const { message, nowMs, order } = of
  const { request, source } = message
  const periodMs = contact.seconds * 1000
  const expiresMs = nowMs + periodMs
  const instanceId = contact.instanceId === null ? null : ownText(contact.instanceId, existing?.instanceId)
  const ceilingMs =
    existing && existing.ceilingMs >= expiresMs ? existing.ceilingMs : storedCeilingMs(expiresMs, periodMs)
  return {
    identity: existing?.identity ?? (ownText(contact.identity) as BindingIdentity),
    deviceKey: existing?.deviceKey ?? ownText(contact.deviceKey),
    contactUri: ownText(contact.contactUri, existing?.contactUri),
    instanceId,
    regId: contact.regId,
    callId: ownText(request.callId ?? '', existing?.callId),
    cseq: request.cseq?.number ?? 0,
    q: contact.q,
    expiresMs,
    ceilingMs,
    path: request.values(HeaderId.path).map((value) => ownText(value)),
    userAgent: ownText((request.first(HeaderId.userAgent) ?? '').slice(0, 128), existing?.userAgent),
    transport: source.transport,
    pubGruuId: instanceId,
    tempGruuBase: null,
    createdMs: existing?.createdMs ?? nowMs,
    flow: source.flow,
    order,
    namedMs: nowMs,
    wantsSentCopies: request.values(HeaderId.supported).some((tag) => tag.toLowerCase() === sentCopiesTag),
    expiry: null,
  }
}

/** A refresh below the ceiling with nothing else new is not written; the CSeq it carries may be lost by a crash. */
export function mustWrite(before: Binding, after: Binding): boolean {
  return after.ceilingMs !== before.ceilingMs || isElsewhere(before, after)
}

/** Another Contact, way or registration: what the store has does not lead to the device as it is now. */
export function isElsewhere(before: Binding, after: Binding): boolean {
  return (
    after.contactUri !== before.contactUri ||
    after.callId !== before.callId ||
    after.q !== before.q ||
    after.transport !== before.transport ||
    after.path.join() !== before.path.join()
  )
}

/**
 * Its stream died with a server or worker, and nobody will know its device again: it waits for its end and takes no
 * room.
 */
function isForsaken({ deviceKey, transport, flow }: Binding): boolean {
  return flow === null && transport !== 'udp' && !isLasting(deviceKey)
}

function withinLimit(plan: RegisterPlan, registrations: Registrations, settings: RegistrarSettings): boolean {
  const keys = new Set<string>()
  for (const binding of registrations.bindings.values()) {
    if (!plan.removed.includes(binding.identity) && !isForsaken(binding)) keys.add(binding.deviceKey)
  }
  const before = keys.size
  for (const binding of plan.set) keys.add(binding.deviceKey)
  return keys.size <= Math.max(settings.devicesMax, before)
}

/** What the user has when the plan is carried out. */
export function bindingsAfter(registrations: Registrations, plan: RegisterPlan): readonly Binding[] {
  const after = new Map(registrations.bindings)
  for (const identity of plan.removed) after.delete(identity)
  for (const binding of plan.set) after.set(binding.identity, binding)
  return [...after.values()]
}
