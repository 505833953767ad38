/**
 * How watchers answer a NOTIFY, and how long they wait before they try again: by chance in the safety phase, well in
 * the liveness phase.
 */
import type { Prng } from '../world/prng.ts'

export class WatcherManners {
  /** Probabilities of what a watcher does with a NOTIFY but taking it. */
  unknown = 0
  silent = 0
  slow = 0
  subscriptionSeconds = 60
  publicationSeconds = 60
  #isWell = false

  behaveWell(): void {
    this.#isWell = true
  }

  /** `status` 0: never. */
  answer(random: Prng): { readonly status: number; readonly delayMs: number } {
    const delayMs = random.between(1, 100)
    if (this.#isWell) return { status: 200, delayMs }
    const draw = random.float()
    if (draw < this.unknown) return { status: 481, delayMs }
    if (draw < this.unknown + this.silent) return { status: 0, delayMs }
    return { status: 200, delayMs: random.chance(this.slow) ? random.between(2_000, 8_000) : delayMs }
  }

  retryMs(random: Prng): number {
    return this.#isWell ? random.between(500, 3_000) : random.between(500, 9_000)
  }
}
