/**
 * Subscriptions in the store: those of devices that are recognised when they come back survive a restart. Expiry and
 * CSeq are reserved ahead, so that neither a refresh nor a NOTIFY writes.
 */
import { storedCeilingMs } from '../ports/records/ceiling.ts'
import { type SubscriptionRecord, subscriptionRecord, subscriptionStoreKey } from '../ports/records/subscription.ts'
import type { ShardHost, Unit } from '../shard/index.ts'
import { restoreDialog } from '../sip/dialog/dialog.ts'
import type { Aor } from '../sip/uri/aor.ts'
import type { EventPackage } from './event-package.ts'
import type { Subscription, SubscriptionParts } from './subscription.ts'

/** CSeq numbers reserved at once: a list of fifty contacts takes two hundred an hour. */
const sequenceBlock = 10_000
/** Nobody is promised anything by a subscription whose device is away, so it may be stored for a day. */
const ceilingPeriods = 24

export class SubscriptionKeeper {
  readonly #host: ShardHost

  constructor(host: ShardHost) {
    this.#host = host
  }

  /** Writes a new one. What has no device to come back is not kept. */
  keep(unit: Unit, subscription: Subscription, periodMs: number, body = keptBody(subscription)): void {
    if (subscription.deviceKey === null) return
    const ceilingMs = storedCeilingMs(subscription.expiresMs, periodMs, ceilingPeriods)
    const sequenceCeiling = subscription.dialog.localSequence + sequenceBlock
    this.#write(unit, subscription, ceilingMs, sequenceCeiling, body)
  }

  /** Writes a refresh that passes what is stored, or has another body. */
  prolong(unit: Unit, subscription: Subscription, periodMs: number, body: Uint8Array | null): void {
    if (body !== null) this.keep(unit, subscription, periodMs, body)
    else if (subscription.ceilingMs < subscription.expiresMs) this.keep(unit, subscription, periodMs)
  }

  /** Before a NOTIFY takes a CSeq number beyond those reserved. */
  reserveSequence(unit: Unit, subscription: Subscription): void {
    if (subscription.ceilingMs === 0 || subscription.dialog.localSequence < subscription.sequenceCeiling) return
    const sequenceCeiling = subscription.dialog.localSequence + sequenceBlock
    this.#write(unit, subscription, subscription.ceilingMs, sequenceCeiling, keptBody(subscription))
  }

  /** To be called after a unit: the removal is one of its own. */
  forget(subscription: Subscription): void {
    if (subscription.ceilingMs === 0) return
    subscription.ceilingMs = 0
    const { watcher, key } = subscription
    this.#host.run({ who: watcher, what: 'subscription-ended', hash: '' }, (unit) =>
      unit.write(watcher, subscriptionStoreKey(watcher, key), null),
    )
  }

  #write(unit: Unit, subscription: Subscription, ceilingMs: number, sequenceCeiling: number, body: Uint8Array): void {
    const { watcher, key } = subscription
    const record = subscriptionRecord.encode(toRecord(subscription, ceilingMs, sequenceCeiling, body))
    unit.write(watcher, subscriptionStoreKey(watcher, key), record)
    unit.change(() => {
      subscription.ceilingMs = ceilingMs
      subscription.sequenceCeiling = sequenceCeiling
    })
  }
}

const noBody = new Uint8Array(0)

function keptBody(subscription: Subscription): Uint8Array {
  return subscription.eventPackage.keptBody?.(subscription) ?? noBody
}

function toRecord(
  subscription: Subscription,
  ceilingMs: number,
  sequenceCeiling: number,
  body: Uint8Array,
): SubscriptionRecord {
  const { dialog, accept } = subscription
  return {
    event: subscription.eventPackage.name,
    eventId: subscription.eventId,
    resourceUri: subscription.resourceUri,
    deviceKey: subscription.deviceKey ?? '',
    callId: dialog.callId,
    localTag: dialog.localTag,
    remoteTag: dialog.remoteTag,
    localUri: dialog.localUri,
    remoteUri: dialog.remoteUri,
    remoteTarget: dialog.remoteTarget,
    routeSet: dialog.routeSet,
    sequenceCeiling,
    remoteSequence: dialog.remoteSequence ?? 0,
    ceilingMs,
    accept: accept ?? [],
    hasAccept: accept !== null,
    supportsLists: subscription.supportsLists,
    supportsPartial: subscription.supportsPartial,
    minGapMs: subscription.minGapMs,
    maxGapMs: subscription.maxGapMs,
    body,
  }
}

/** What a record tells, ready to be made again: unconfirmed, without a flow until its device is heard from. */
export function restoreParts(
  number: number,
  watcher: Aor,
  eventPackage: EventPackage,
  record: SubscriptionRecord,
): SubscriptionParts {
  return {
    number,
    watcher,
    eventPackage,
    eventId: record.eventId,
    resourceUri: record.resourceUri,
    deviceKey: record.deviceKey,
    dialog: restoreDialog({
      method: 'SUBSCRIBE',
      callId: record.callId,
      localTag: record.localTag,
      remoteTag: record.remoteTag,
      localUri: record.localUri,
      remoteUri: record.remoteUri,
      localSequence: record.sequenceCeiling,
      remoteSequence: record.remoteSequence,
      remoteTarget: record.remoteTarget,
      routeSet: record.routeSet,
      state: 'confirmed',
    }),
    accept: record.hasAccept ? record.accept : null,
    supportsLists: record.supportsLists,
    supportsPartial: record.supportsPartial,
  }
}

/** The subscription of a record, with what only memory holds at its beginning. */
export function applyRecord(subscription: Subscription, record: SubscriptionRecord): void {
  subscription.ceilingMs = record.ceilingMs
  subscription.expiresMs = record.ceilingMs
  subscription.sequenceCeiling = record.sequenceCeiling
  subscription.minGapMs = record.minGapMs
  subscription.maxGapMs = record.maxGapMs
  subscription.data = record.body.length > 0 ? record.body : null
}
