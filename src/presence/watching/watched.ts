/**
 * One presentity as the shard of its watchers has it, and who wants to know of it.
 */
import type { StateVersion } from '../../ports/presence-bus.ts'
import type { Unit } from '../../shard/index.ts'
import type { Aor } from '../../sip/uri/aor.ts'
import { confirmed } from './confirmation.ts'
import { NumberTable } from './number-table.ts'

/** Somebody who wants to know: a subscription, alone or with others in a list. */
export interface WatchListener {
  onStateChanged(subscriptionNumbers: readonly number[], presentity: Aor, causeMs: number): void
  /** What is shown of it has become unknown, or is known again. */
  onKnownChanged(subscriptionNumbers: readonly number[], presentity: Aor): void
  /** What its watcher may see of these is known, or has changed. After a unit. */
  onVerdictsChanged(subscriptionNumber: number, presentities: readonly Aor[]): void
  /** The presentity's name is another name of this user, who is to be watched instead. */
  onMoved(unit: Unit, subscriptionNumber: number, presentity: Aor, mainAor: Aor): void
  watcherOf(subscriptionNumber: number): Aor | null
  /** His subscriptions, by number, to whatever. */
  subscriptionsOf(watcher: Aor): readonly number[]
}

export class Watched {
  readonly aor: Aor
  /** Where its shard is: here until its home is known to be elsewhere. */
  shard: number
  version: StateVersion | null = null
  document: Uint8Array | null = null
  /** Watchers of this shard → verdict, and since which naming. */
  readonly watchers = new NumberTable({ isTimed: true })
  readonly subscriptions = new NumberTable()
  /** What is known of it; see `Confirmation`. */
  lostIn: number = confirmed

  constructor(aor: Aor, shard: number) {
    this.aor = aor
    this.shard = shard
  }
}
