/**
 * Subscriptions of users who came from another home: they end with `deactivated` (RFC 6665 §4.1.3), so that their
 * devices subscribe anew, and not all at once. Until then they are known to nobody: who refreshes one hears 481.
 */
import type { SubscriptionRecord } from '../ports/records/subscription.ts'
import type { Devices } from '../registrar/index.ts'
import type { ShardHost } from '../shard/index.ts'
import type { Notifier } from './notifier.ts'
import type { Subscription } from './subscription.ts'
import { applyRecord } from './subscription-keeper.ts'
import type { Subscriptions } from './subscriptions.ts'

/** Their ends are spread over this time. */
export const endsWithinMs = 30_000

interface Parts {
  readonly host: ShardHost
  readonly devices: Devices
  readonly notifier: Notifier
  readonly subscriptions: Subscriptions
}

export class MovedSubscriptions {
  readonly #parts: Parts

  constructor(parts: Parts) {
    this.#parts = parts
  }

  take(subscription: Subscription, record: SubscriptionRecord): void {
    const { host } = this.#parts
    applyRecord(subscription, record)
    // The package never began with it.
    subscription.data = null
    const delayMs = (host.entropy.bytes(2).readUInt16BE() / 0xffff) * endsWithinMs
    host.timers.set(delayMs, { onTimer: () => this.#end(subscription) }, 0)
  }

  #end(subscription: Subscription): void {
    const { devices, notifier, subscriptions } = this.#parts
    const { watcher, deviceKey, key } = subscription
    // The device has been faster.
    if (subscriptions.find(key)) return
    const device = devices.known(watcher).find((each) => each.deviceKey === deviceKey)
    subscription.target = device?.targets[0] ?? null
    subscription.state = 'active'
    subscriptions.add(subscription)
    notifier.startExpiry(subscription)
    notifier.end(subscription, 'deactivated')
  }
}
