/**
 * All subscriptions of a shard, found by number, by dialog and by watcher.
 */
import type { FlowId } from '../ports/flows.ts'
import { ownText } from '../sip/message/own-text.ts'
import type { Aor } from '../sip/uri/aor.ts'
import type { Subscription } from './subscription.ts'

export class Subscriptions {
  readonly #byNumber = new Map<number, Subscription>()
  readonly #byKey = new Map<string, Subscription>()
  readonly #byWatcher = new Map<Aor, Set<Subscription>>()
  #lastNumber = 0

  get count(): number {
    return this.#byNumber.size
  }

  /** A number that was never used in this start of the worker. */
  nextNumber(): number {
    this.#lastNumber++
    return this.#lastNumber
  }

  all(): Iterable<Subscription> {
    return this.#byNumber.values()
  }

  find(key: string): Subscription | null {
    return this.#byKey.get(key) ?? null
  }

  numbered(number: number): Subscription | null {
    return this.#byNumber.get(number) ?? null
  }

  of(watcher: Aor): ReadonlySet<Subscription> {
    return this.#byWatcher.get(watcher) ?? none
  }

  /** What leaves by this flow now. */
  by(watcher: Aor, flow: FlowId): readonly Subscription[] {
    return [...this.of(watcher)].filter(({ target }) => target?.flow === flow)
  }

  /** One of them. */
  anyBy(watcher: Aor, flow: FlowId): Subscription | null {
    for (const subscription of this.of(watcher)) if (subscription.target?.flow === flow) return subscription
    return null
  }

  add(subscription: Subscription): void {
    this.#byNumber.set(subscription.number, subscription)
    // As one text: a map keeps what was joined in its eight pieces.
    this.#byKey.set(ownText(subscription.key), subscription)
    const others = this.#byWatcher.get(subscription.watcher)
    if (others) others.add(subscription)
    else this.#byWatcher.set(subscription.watcher, new Set([subscription]))
  }

  remove(subscription: Subscription): void {
    this.#byNumber.delete(subscription.number)
    if (this.#byKey.get(subscription.key) === subscription) this.#byKey.delete(subscription.key)
    const others = this.#byWatcher.get(subscription.watcher)
    others?.delete(subscription)
    if (others?.size === 0) this.#byWatcher.delete(subscription.watcher)
  }

  has(subscription: Subscription): boolean {
    return this.#byNumber.get(subscription.number) === subscription
  }
}

const none: ReadonlySet<Subscription> = new Set()
