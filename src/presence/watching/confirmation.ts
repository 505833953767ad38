/**
 * How long the last state of a presentity stands when its shard is gone: 30 s, or 2 min on another server; then it is
 * unknown, until the shard that comes in its place has spoken of it.
 */
import type { ShardHost } from '../../shard/index.ts'
import { inTurns } from './in-turns.ts'

/** Numbers of losses go up from 1. */
export const confirmed = 0
export const unknown = -1

/** On this server, where a worker is back within seconds, and on others. */
export const unconfirmedMs = 30_000
export const unconfirmedElsewhereMs = 120_000
/** So many are told in one turn; then others have their turn. */
const toldAtOnce = 256

export interface Losable {
  /** `confirmed`, `unknown`, or the number of the loss since which its shard has not spoken of it. */
  lostIn: number
}

export class Confirmation<T extends Losable> {
  readonly #host: ShardHost
  readonly #onUnknown: (losable: T) => void
  #lastLoss = 0

  /** `onUnknown` is called outside of units. */
  constructor(host: ShardHost, onUnknown: (losable: T) => void) {
    this.#host = host
    this.#onUnknown = onUnknown
  }

  /** A shard that is lost again before it has spoken gets no more time. */
  lost(all: readonly T[], patienceMs: number): void {
    const loss = ++this.#lastLoss
    const fresh = all.filter(({ lostIn }) => lostIn === confirmed)
    for (const each of fresh) each.lostIn = loss
    if (fresh.length === 0) return
    const { timers } = this.#host
    const onTimer = () => inTurns(timers, fresh, toldAtOnce, (some) => this.#end(some, loss))
    timers.set(patienceMs, { onTimer }, 0)
  }

  #end(losables: readonly T[], loss: number): void {
    for (const each of losables) {
      if (each.lostIn !== loss) continue
      each.lostIn = unknown
      this.#onUnknown(each)
    }
  }
}
