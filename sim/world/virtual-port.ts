/**
 * A MessageChannel in virtual time: what is posted arrives in order, after a delay. It stands under the server's own
 * `PortBus`, so batches, confirmations and the codec are the real ones. An end that is closed hears nothing any more;
 * what it had posted before still arrives, as from a thread that ended.
 */
import type { MessagePort } from 'node:worker_threads'
import type { EventQueue } from './event-queue.ts'

export class VirtualPort {
  readonly #events: EventQueue
  readonly #delayMs: () => number
  #other: VirtualPort | null = null
  #handler: ((post: unknown) => void) | null = null
  #closed = false
  readonly #enter: (work: () => void) => void
  #lastArrivalMs = 0

  private constructor(events: EventQueue, delayMs: () => number, enter: (work: () => void) => void) {
    this.#events = events
    this.#delayMs = delayMs
    this.#enter = enter
  }

  /** `enter` runs what arrives at the first (0) or second (1) end on the thread that holds it. */
  static pair(
    events: EventQueue,
    delayMs: () => number,
    enter: (work: () => void, end: 0 | 1) => void,
  ): readonly [VirtualPort, VirtualPort] {
    const first = new VirtualPort(events, delayMs, (work) => enter(work, 0))
    const second = new VirtualPort(events, delayMs, (work) => enter(work, 1))
    first.#other = second
    second.#other = first
    return [first, second]
  }

  /** As the bus sees it: it uses `on`, `postMessage` and `close`, which are here. */
  get asMessagePort(): MessagePort {
    return this as unknown as MessagePort
  }

  on(_event: 'message', handler: (post: unknown) => void): this {
    this.#handler = handler
    return this
  }

  postMessage(post: unknown): void {
    if (this.#closed) return
    const arrivalMs = Math.max(this.#lastArrivalMs, this.#events.nowMs + this.#delayMs())
    this.#lastArrivalMs = arrivalMs
    this.#events.after(arrivalMs - this.#events.nowMs, () => this.#other!.#arrive(post))
  }

  close(): void {
    this.#closed = true
  }

  #arrive(post: unknown): void {
    if (!this.#closed && this.#handler) this.#enter(() => this.#handler?.(post))
  }
}
