/**
 * One binding in memory (RFC 3261 §10): AOR → Contact, the flow that it names, and what must be known to refresh it.
 */
import type { FlowId } from '../ports/flows.ts'
import type { BindingRecord } from '../ports/records/binding.ts'
import type { DeviceRecord } from '../ports/records/device.ts'
import type { TimerHandle } from '../ports/timers.ts'
import { ownText } from '../sip/message/own-text.ts'

/**
 * What tells the bindings of one AOR apart: (instance, reg-id) by RFC 5626 §6, the epid of clients that have one,
 * failing both the Contact URI. An instance without reg-id has reg-id 0: its newest Contact replaces the one before.
 */
export type BindingIdentity = string & { readonly bindingIdentity: unique symbol }

export interface Binding extends BindingRecord {
  readonly identity: BindingIdentity
  /** What the device was told, steady wall clock. For an unconfirmed binding: the stored ceiling. */
  readonly expiresMs: number
  /** Null: unreachable (its flow died), or unconfirmed since a start (no flow of an earlier start can live). */
  readonly flow: FlowId | null
  /** When a REGISTER last gave it its flow (steady wall clock); 0 for one that was read at start. */
  readonly namedMs: number
  /** Rises with each REGISTER of the shard, so that the newest flow of a device is tried first. */
  readonly order: number
  /** The device asked for copies of what its user sends elsewhere (option tag `im-sent-copies`). */
  readonly wantsSentCopies: boolean
  expiry: TimerHandle | null
}

export function identityOf(of: {
  instanceId: string | null
  regId: number | null
  epid: string | null
  contactUri: string
}): BindingIdentity {
  const { instanceId, regId, epid, contactUri } = of
  if (instanceId !== null) return `instance ${instanceId} ${regId ?? 0}` as BindingIdentity
  return (epid === null ? `contact ${contactUri}` : `epid ${epid}`) as BindingIdentity
}

/** Instance id, `epid:…`, or `contact:…`: one device has one key, however many flows it has. */
export function deviceKeyOf(instanceId: string | null, epid: string | null, contactUri: string): string {
  if (instanceId !== null) return instanceId
  return epid === null ? `contact:${contactUri}` : `epid:${epid}`
}

/** A device that is known again when it comes back: only such a one can have a queue. */
export function isLasting(deviceKey: string): boolean {
  return !deviceKey.startsWith('contact:')
}

export function toRecord(binding: Binding): BindingRecord {
  const {
    identity: _1,
    expiresMs: _2,
    flow: _3,
    order: _4,
    namedMs: _7,
    wantsSentCopies: _5,
    expiry: _6,
    ...record
  } = binding
  return record
}

/** As read at a start: it keeps its place, but has no flow until its device registers again. */
export function unconfirmed(record: BindingRecord): Binding {
  const { deviceKey } = record
  const epid = deviceKey.startsWith('epid:') ? deviceKey.slice('epid:'.length) : null
  return {
    ...record,
    // Texts that are the same are one text in memory, and the identity does not keep the texts that it was made of.
    instanceId: oneText(record.instanceId, deviceKey),
    pubGruuId: oneText(record.pubGruuId, deviceKey),
    identity: ownText(identityOf({ ...record, epid })) as BindingIdentity,
    expiresMs: record.ceilingMs,
    flow: null,
    namedMs: 0,
    order: 0,
    wantsSentCopies: false,
    expiry: null,
  }
}

/** As read at a start, with the texts that it shares with a binding of the device. */
export function deviceOf(record: DeviceRecord, binding: Binding | undefined): DeviceRecord {
  if (!binding) return record
  const { deviceKey, userAgent } = binding
  const instanceId = oneText(record.instanceId, deviceKey)
  return { ...record, deviceKey, instanceId, userAgent: oneText(record.userAgent, userAgent) }
}

/** `known` in the place of an equal text. */
function oneText<T extends string | null>(text: T, known: string): T | string {
  return text === known ? known : text
}
