/**
 * How simulated devices behave: by chance in the safety phase, well in the liveness phase.
 */
import type { Prng } from '../world/prng.ts'

export class Manners {
  expiresSeconds = 60
  /** Probabilities of what a device does with a MESSAGE but taking it at once. */
  busy = 0
  away = 0
  silent = 0
  refusing = 0
  slow = 0
  /** Messages that a device sends without waiting for the answer of the one before, on a stream. */
  pipelined = 1
  #isWell = false
  #isHolding = false

  /** From now on every device takes what it gets. */
  behaveWell(): void {
    this.#isWell = true
  }

  /** Devices are there and take no message; until `takeMessages` they wait. */
  holdMessages(): void {
    this.#isHolding = true
  }

  takeMessages(): void {
    this.#isHolding = false
  }

  pipelinedMax(isStream: boolean): number {
    return isStream ? this.pipelined : 1
  }

  retryMs(random: Prng): number {
    return this.#isWell ? random.between(200, 1_000) : random.between(300, 6_000)
  }

  answer(random: Prng): { readonly status: number; readonly delayMs: number } {
    const delayMs = random.between(1, 150)
    if (this.#isHolding) return { status: 480, delayMs }
    if (this.#isWell) return { status: 200, delayMs }
    let draw = random.float()
    for (const [share, status] of [
      [this.busy, 486],
      [this.away, 480],
      [this.silent, 0],
      [this.refusing, 488],
    ] as const) {
      if (draw < share) return { status, delayMs }
      draw -= share
    }
    return { status: 200, delayMs: random.chance(this.slow) ? random.between(5_000, 9_000) : delayMs }
  }
}
