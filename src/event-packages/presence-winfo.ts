/**
 * The event package `presence.winfo` (RFC 3857): who watches the user's presence. A watcher that is *pending* is how a
 * client learns that its user is to be asked; the answer is written into the user's presence rules.
 */
import { type Watcher, watcherInfoContentType, writeWatcherInfo } from '../documents/index.ts'
import type { EventPackage, NotifyDocument, SubscriptionHandle } from '../events/index.ts'
import type { Clock } from '../ports/clock.ts'
import type { WatcherInfoSource, WatcherStanding } from '../presence/index.ts'
import type { Rejection, Unit } from '../shard/index.ts'
import type { Aor } from '../sip/uri/aor.ts'
import { OwedItems } from './owed-items.ts'
import { OwnSubscriptions, type PackageParts } from './own-subscriptions.ts'

/** Watchers in one NOTIFY; the rest follows. What goes by UDP must stay small. */
const watchersMax = 1_000
const watchersByUdpMax = 20

export class PresenceWinfoPackage implements EventPackage {
  readonly name = 'presence.winfo'
  readonly contentTypes = [watcherInfoContentType]
  /** RFC 3857 §4.3. */
  readonly defaultExpiresSeconds = 3_600
  readonly rfcs = ['3857', '3858']

  readonly #clock: Clock
  readonly #source: WatcherInfoSource
  readonly #subscriptions: OwnSubscriptions

  constructor(parts: PackageParts, source: WatcherInfoSource) {
    this.#clock = parts.host.clock
    this.#source = source
    this.#subscriptions = new OwnSubscriptions(parts)
    source.listen((presentity, standing) => this.#onStanding(presentity, standing))
  }

  admit(subscription: SubscriptionHandle): Rejection | 'active' {
    return this.#subscriptions.admit(subscription)
  }

  begin(unit: Unit, subscription: SubscriptionHandle): void {
    subscription.data = new OwedItems<WatcherStanding>(subscription.sequenceCeiling, ({ watcher }) => watcher)
    this.#subscriptions.add(unit, subscription)
  }

  end(subscription: SubscriptionHandle): void {
    this.#subscriptions.remove(subscription)
  }

  document(subscription: SubscriptionHandle, want: 'full' | 'changes'): NotifyDocument | null {
    const { watcher: resource, transport } = subscription
    const itemsMax = transport === 'udp' ? watchersByUdpMax : watchersMax
    const owed = owedOf(subscription).take(want, () => this.#allOf(resource), itemsMax)
    if (!owed) return null
    const { version, state, hasMore } = owed
    const wallMs = this.#clock.wallMs()
    const watchers = owed.items.map((standing) => watcherOf(standing, wallMs))
    const body = writeWatcherInfo({ version, state, lists: [{ resource, package: 'presence', watchers }] })
    return { contentType: watcherInfoContentType, body, entityTag: null, hasMore }
  }

  /** Whom the user is asked about comes first. */
  #allOf(presentity: Aor): readonly WatcherStanding[] {
    const all = this.#source.of(presentity)
    return [...all.filter(({ status }) => status !== 'active'), ...all.filter(({ status }) => status === 'active')]
  }

  /** Told in the midst of a change. */
  #onStanding(presentity: Aor, standing: WatcherStanding): void {
    for (const subscription of this.#subscriptions.of(presentity)) owedOf(subscription).note(standing)
    this.#subscriptions.changed(presentity)
  }
}

function owedOf({ data }: SubscriptionHandle): OwedItems<WatcherStanding> {
  return data as OwedItems<WatcherStanding>
}

/** A watching user is one watcher, by how many devices ever, so that his address names him in all documents. */
function watcherOf({ watcher, status, event, sinceMs }: WatcherStanding, wallMs: number): Watcher {
  const subscribedSeconds = Math.max(0, Math.round((wallMs - sinceMs) / 1000))
  return { uri: watcher, id: watcher, status, event, displayName: null, expiresSeconds: null, subscribedSeconds }
}
