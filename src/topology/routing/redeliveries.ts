/**
 * Messages that another home was asked to deliver, and whose answer may be lost with a link: they are sent again when
 * the link is back, the oldest first and before anything newer. That home knows each by its operation, delivers none
 * twice, and gives the answer that it gave (`src/shard/operations.ts`).
 */
import type { TimerHandle, Timers } from '../../ports/timers.ts'
import type { Ask, Asks } from './asks.ts'

/** A link is tried again after half a second; the edge that asked waits for twelve. */
const waitMs = 5_000

export interface RedeliveriesOwner {
  isUp(server: string): boolean
  /** It is sent once more, under its number. */
  again(ask: Ask): void
  /** Who asked is told that nobody knows what became of it. */
  lose(ask: Ask): void
}

/** Whose repetition does nothing twice. */
export function isRedelivered({ message }: Ask): boolean {
  return message.kind === 'deliver'
}

export class Redeliveries {
  readonly #timers: Timers
  readonly #asks: Asks
  readonly #owner: RedeliveriesOwner
  /** By server whose link is down. */
  readonly #waiting = new Map<string, TimerHandle>()

  constructor(timers: Timers, asks: Asks, owner: RedeliveriesOwner) {
    this.#timers = timers
    this.#asks = asks
    this.#owner = owner
  }

  /** No link to it is left: what it has not answered waits for the next one. */
  onDown(server: string): void {
    if (this.#waiting.has(server) || this.#openTo(server).length === 0) return
    const target = { onTimer: () => this.#onPatienceEnded(server) }
    this.#waiting.set(server, this.#timers.set(waitMs, target, 0))
  }

  /** The same start of that server can be reached again. */
  onUp(server: string): void {
    const timer = this.#waiting.get(server)
    if (timer === undefined) return
    this.#timers.cancel(timer)
    this.#waiting.delete(server)
    this.onLoss(server)
  }

  /** Some of what went there, or came from there, may be lost, and the link is up. */
  onLoss(server: string): void {
    if (!this.#owner.isUp(server)) return
    for (const ask of this.#openTo(server)) this.#owner.again(ask)
  }

  #onPatienceEnded(server: string): void {
    this.#waiting.delete(server)
    for (const ask of this.#openTo(server)) this.#owner.lose(ask)
  }

  #openTo(server: string): readonly Ask[] {
    return this.#asks.all().filter((ask) => ask.server === server && isRedelivered(ask))
  }
}
