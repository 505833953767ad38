/**
 * `subscription`: one of a device that is recognised when it comes back (RFC 6665 dialog), as far as it must survive a
 * restart. Written when it is made, ends, is refreshed with other terms, or passes what was reserved; any other refresh
 * and a NOTIFY write nothing. Version 2 has added the adaptive rate.
 */
import type { StoreKey } from '../store.ts'
import { hashedPart, recordKey } from './keys.ts'
import { recordKind } from './record-kind.ts'

export interface SubscriptionRecord {
  readonly event: string
  readonly eventId: string | null
  readonly resourceUri: string
  readonly deviceKey: string
  readonly callId: string
  readonly localTag: string
  readonly remoteTag: string | null
  readonly localUri: string
  readonly remoteUri: string
  readonly remoteTarget: string
  readonly routeSet: readonly string[]
  /** CSeq numbers up to this may have been used: after a start the next one is higher. */
  readonly sequenceCeiling: number
  readonly remoteSequence: number
  readonly ceilingMs: number
  readonly accept: readonly string[]
  readonly hasAccept: boolean
  readonly supportsLists: boolean
  readonly supportsPartial: boolean
  readonly minGapMs: number
  readonly maxGapMs: number
  readonly adaptiveGapMs: number
  /** What the request carried, where the package needs it again (a list of RFC 5367); empty otherwise. */
  readonly body: Uint8Array
}

export const subscriptionRecord = recordKind<SubscriptionRecord>({
  name: 'subscription',
  version: 2,
  masked: ['body'],
  toFields: (subscription) => [
    subscription.event,
    subscription.eventId,
    subscription.resourceUri,
    subscription.deviceKey,
    subscription.callId,
    subscription.localTag,
    subscription.remoteTag,
    subscription.localUri,
    subscription.remoteUri,
    subscription.remoteTarget,
    [...subscription.routeSet],
    subscription.sequenceCeiling,
    subscription.remoteSequence,
    subscription.ceilingMs,
    [...subscription.accept],
    subscription.hasAccept,
    subscription.supportsLists,
    subscription.supportsPartial,
    subscription.minGapMs,
    subscription.maxGapMs,
    subscription.body,
    subscription.adaptiveGapMs,
  ],
  fromFields: (fields, version) => ({
    event: fields.text(),
    eventId: fields.textOrNull(),
    resourceUri: fields.text(),
    deviceKey: fields.text(),
    callId: fields.text(),
    localTag: fields.text(),
    remoteTag: fields.textOrNull(),
    localUri: fields.text(),
    remoteUri: fields.text(),
    remoteTarget: fields.text(),
    routeSet: fields.texts(),
    sequenceCeiling: fields.count(),
    remoteSequence: fields.count(),
    ceilingMs: fields.count(),
    accept: fields.texts(),
    hasAccept: fields.flag(),
    supportsLists: fields.flag(),
    supportsPartial: fields.flag(),
    minGapMs: fields.count(),
    maxGapMs: fields.count(),
    body: fields.bytes(),
    adaptiveGapMs: version === 1 ? 0 : fields.count(),
  }),
})

export function subscriptionStoreKey(aor: string, key: string): StoreKey {
  return recordKey(aor, subscriptionRecord.name, hashedPart(key))
}
