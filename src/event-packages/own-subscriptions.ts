/**
 * Subscriptions of users to something of their own: only they may have them, so state and watcher are at one shard.
 * Changes that come in the midst of a unit are told when it has ended.
 */
import type { EventsService, SubscriptionHandle } from '../events/index.ts'
import type { TimerTarget } from '../ports/timers.ts'
import { type Accounts, type Rejection, refusalCounters, type ShardHost, type Unit } from '../shard/index.ts'
import { type Aor, parseAor } from '../sip/uri/aor.ts'
import * as rejections from './rejections.ts'

export interface PackageParts {
  readonly host: ShardHost
  readonly accounts: Accounts
  readonly events: Pick<EventsService, 'numbered' | 'changed'>
}

export class OwnSubscriptions implements TimerTarget {
  readonly #parts: PackageParts
  readonly #byUser = new Map<Aor, Set<SubscriptionHandle>>()
  /** Whose subscriptions are told when the timer fires. */
  readonly #changed = new Set<Aor>()
  readonly #refused: (rejection: Rejection) => void

  constructor(parts: PackageParts) {
    this.#parts = parts
    const help = 'SUBSCRIBE requests that we refused.'
    const name = 'meridian_subscriptions_refused_total'
    this.#refused = refusalCounters(
      parts.host.metrics,
      name,
      help,
      Object.values(rejections).filter((each) => typeof each === 'object'),
    )
  }

  admit({ watcher, resourceUri }: SubscriptionHandle): Rejection | 'active' {
    const meant = parseAor(resourceUri)
    return meant && this.isOwn(watcher, meant) ? 'active' : this.refused(rejections.somebodyElse)
  }

  /** By the user's main address or another name. */
  isOwn(user: Aor, aor: Aor): boolean {
    return aor === user || (this.#parts.accounts.find(user)?.account.aliases.includes(aor) ?? false)
  }

  /** Counts it. */
  refused(rejection: Rejection): Rejection {
    this.#refused(rejection)
    return rejection
  }

  add(unit: Unit, subscription: SubscriptionHandle): void {
    unit.change(() => {
      const others = this.#byUser.get(subscription.watcher)
      if (others) others.add(subscription)
      else this.#byUser.set(subscription.watcher, new Set([subscription]))
    })
  }

  remove(subscription: SubscriptionHandle): void {
    const others = this.#byUser.get(subscription.watcher)
    others?.delete(subscription)
    if (others?.size === 0) this.#byUser.delete(subscription.watcher)
  }

  of(aor: Aor): ReadonlySet<SubscriptionHandle> {
    return this.#byUser.get(aor) ?? none
  }

  /** There is something new for this user; may be called anywhere, also in a change. */
  changed(aor: Aor): void {
    if (!this.#byUser.has(aor)) return
    if (this.#changed.size === 0) this.#parts.host.timers.set(0, this, 0)
    this.#changed.add(aor)
  }

  onTimer(): void {
    const changed = [...this.#changed]
    this.#changed.clear()
    for (const aor of changed) {
      for (const { number } of [...this.of(aor)]) {
        const subscription = this.#parts.events.numbered(number)
        if (subscription) this.#parts.events.changed(subscription, 0)
      }
    }
  }
}

const none: ReadonlySet<SubscriptionHandle> = new Set()
