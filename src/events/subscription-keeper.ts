/**
 * Subscriptions in the store: those of devices that are recognised when they come back survive a restart. Expiry and
 * CSeq are reserved ahead, so that neither a refresh nor a NOTIFY writes.
 */
import { storedCeilingMs } from '../ports/records/ceiling.ts'
import { type SubscriptionRecord, subscriptionRecord, subscriptionStoreKey } from '../ports/records/subscription.ts'
import type { ShardHost, Unit } from '../shard/index.ts'
import { type RemoteState, restoreDialog } from '../sip/dialog/dialog.ts'
import type { Aor } from '../sip/uri/aor.ts'
import type { EventPackage } from './event-package.ts'
import type { Subscription, SubscriptionParts, SubscriptionTerms } from './subscription.ts'

/** CSeq numbers reserved at once: a list of fifty contacts takes two hundred an hour. */
const sequenceBlock = 10_000
/** Nobody is promised anything by a subscription whose device is away, so it may be stored for a day. */
const ceilingPeriods = 24

/** What of a subscription is stored beside what stays as it was made. */
type Kept = RemoteState &
  Pick<SubscriptionTerms, 'accept' | 'supportsPartial' | 'minGapMs' | 'maxGapMs' | 'adaptiveGapMs'>

type Reserved = Pick<SubscriptionRecord, 'ceilingMs' | 'sequenceCeiling'>

/** What a refresh makes of a subscription. `body`: null where it stays. */
export type Renewed = Kept & { readonly expiresMs: number; readonly body: Uint8Array | null }

export class SubscriptionKeeper {
  readonly #host: ShardHost
  /** Of users whose records are being read again: those that were made since that began. */
  readonly #madeMeanwhile = new Map<Aor, Set<Subscription>>()

  constructor(host: ShardHost) {
    this.#host = host
  }

  /** What of this watcher's is written from now on may be too new for the reading to meet it. */
  readingBegins(watcher: Aor): void {
    this.#madeMeanwhile.set(watcher, new Set())
  }

  isReading(watcher: Aor): boolean {
    return this.#madeMeanwhile.size > 0 && this.#madeMeanwhile.has(watcher)
  }

  /** Subscriptions that were made meanwhile: their batch may fail too, and then he is read once more. */
  readingEnds(watcher: Aor): ReadonlySet<Subscription> {
    const made = this.#madeMeanwhile.get(watcher)
    this.#madeMeanwhile.delete(watcher)
    return made ?? none
  }

  /** Writes a new one. What has no device to come back is not kept. */
  keep(unit: Unit, subscription: Subscription, periodMs: number): void {
    unit.change(() => void this.#madeMeanwhile.get(subscription.watcher)?.add(subscription))
    this.#keep(unit, subscription, periodMs, { ...kept(subscription), expiresMs: subscription.expiresMs, body: null })
  }

  /** Writes a refresh that says something else than what is stored, or passes it. `renewed`: as it will be. */
  prolong(unit: Unit, subscription: Subscription, periodMs: number, renewed: Renewed): void {
    const isSame = renewed.body === null && sameTerms(kept(subscription), renewed)
    if (!isSame || renewed.expiresMs > subscription.ceilingMs) this.#keep(unit, subscription, periodMs, renewed)
  }

  #keep(unit: Unit, subscription: Subscription, periodMs: number, renewed: Renewed): void {
    if (subscription.deviceKey === null) return
    const ceilingMs = storedCeilingMs(renewed.expiresMs, periodMs, ceilingPeriods)
    const sequenceCeiling = subscription.dialog.localSequence + sequenceBlock
    this.#write(unit, subscription, { ceilingMs, sequenceCeiling }, renewed, renewed.body)
  }

  /** Before a NOTIFY takes a CSeq number beyond those reserved. */
  reserveSequence(unit: Unit, subscription: Subscription): void {
    if (subscription.ceilingMs === 0 || subscription.dialog.localSequence < subscription.sequenceCeiling) return
    const sequenceCeiling = subscription.dialog.localSequence + sequenceBlock
    // What a failed batch was to prolong may have outlived its ceiling.
    const ceilingMs = Math.max(subscription.ceilingMs, subscription.expiresMs)
    this.#write(unit, subscription, { ceilingMs, sequenceCeiling }, kept(subscription), null)
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

  /** `body`: null where it is what the package says. */
  #write(unit: Unit, subscription: Subscription, reserved: Reserved, terms: Kept, body: Uint8Array | null): void {
    const { watcher, key } = subscription
    const { ceilingMs, sequenceCeiling } = reserved
    const record = subscriptionRecord.encode(toRecord(subscription, reserved, terms, body ?? keptBody(subscription)))
    unit.write(watcher, subscriptionStoreKey(watcher, key), record)
    unit.change(() => {
      subscription.ceilingMs = ceilingMs
      subscription.sequenceCeiling = sequenceCeiling
    })
  }
}

const none: ReadonlySet<Subscription> = new Set()
const noBody = new Uint8Array(0)

function keptBody(subscription: Subscription): Uint8Array {
  return subscription.eventPackage.keptBody?.(subscription) ?? noBody
}

/** Of a subscription at this moment. */
function kept(subscription: Subscription): Kept {
  const { accept, supportsPartial, minGapMs, maxGapMs, adaptiveGapMs, dialog } = subscription
  const { remoteTarget, remoteSequence } = dialog
  return { accept, supportsPartial, minGapMs, maxGapMs, adaptiveGapMs, remoteTarget, remoteSequence }
}

/** A higher CSeq number alone is not worth a write: one that was received in vain does no harm. */
function sameTerms(before: Kept, after: Kept): boolean {
  return (
    before.remoteTarget === after.remoteTarget &&
    before.minGapMs === after.minGapMs &&
    before.maxGapMs === after.maxGapMs &&
    before.adaptiveGapMs === after.adaptiveGapMs &&
    before.supportsPartial === after.supportsPartial &&
    String(before.accept) === String(after.accept)
  )
}

function toRecord(subscription: Subscription, reserved: Reserved, terms: Kept, body: Uint8Array): SubscriptionRecord {
  const { dialog } = subscription
  const { accept } = terms
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
    remoteTarget: terms.remoteTarget,
    routeSet: dialog.routeSet,
    sequenceCeiling: reserved.sequenceCeiling,
    remoteSequence: terms.remoteSequence ?? 0,
    ceilingMs: reserved.ceilingMs,
    accept: accept ?? [],
    hasAccept: accept !== null,
    supportsLists: subscription.supportsLists,
    supportsPartial: terms.supportsPartial,
    minGapMs: terms.minGapMs,
    maxGapMs: terms.maxGapMs,
    adaptiveGapMs: terms.adaptiveGapMs,
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

/** What the store has not taken was never agreed: the watcher has been refused. */
export function takeBack(subscription: Subscription, record: SubscriptionRecord): void {
  // What a failed batch was to reserve is not reserved: before the next NOTIFY beyond this it is written again.
  subscription.ceilingMs = record.ceilingMs
  subscription.sequenceCeiling = record.sequenceCeiling
  subscription.accept = record.hasAccept ? record.accept : null
  subscription.supportsPartial = record.supportsPartial
  subscription.suppressIfMatch = null
  subscription.hasOther = true
  subscription.setRates(record)
  subscription.dialog.takeBackTarget(record.remoteTarget)
}

/** The subscription of a record, with what only memory holds at its beginning. */
export function applyRecord(subscription: Subscription, record: SubscriptionRecord): void {
  subscription.ceilingMs = record.ceilingMs
  subscription.expiresMs = record.ceilingMs
  subscription.sequenceCeiling = record.sequenceCeiling
  subscription.setRates(record)
  subscription.data = record.body.length > 0 ? record.body : null
}
