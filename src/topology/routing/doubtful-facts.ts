/**
 * Facts of peers of which it could not be found out whether the peer may say so, since a home that had to be asked was
 * out of reach. A fact may not be lost, and one that is let in late may be older than what has come since: so where
 * watches are concerned nothing is kept but that something was missed, and it is named again when the home is known.
 */
import type { Timers, TimerTarget } from '../../ports/timers.ts'

/** What has become of the question when it is asked again. */
export type Settled = 'met' | 'unmet' | 'unsure'

interface Doubt {
  readonly ask: (then: (settled: Settled) => void) => void
  readonly onMet: () => void
  triesLeft: number
}

const askAgainMs = 2_000
/** Two minutes, and what the asking takes: after that the ten-minute comparison of watches has to do. */
const triesMax = 60
/** Of all peers together; beyond it facts are dropped as if they were refused. */
const doubtsMax = 10_000

export class DoubtfulFacts implements TimerTarget {
  readonly #timers: Timers
  readonly #doubts = new Map<string, Doubt>()
  #isWaiting = false

  constructor(timers: Timers) {
    this.#timers = timers
  }

  /** Of one key the newest counts. False: there are too many. */
  add(key: string, ask: Doubt['ask'], onMet: () => void): boolean {
    if (this.#doubts.size >= doubtsMax && !this.#doubts.has(key)) return false
    this.#doubts.set(key, { ask, onMet, triesLeft: triesMax })
    this.#waitAgain()
    return true
  }

  onTimer(): void {
    this.#isWaiting = false
    for (const [key, doubt] of [...this.#doubts]) {
      doubt.ask((settled) => {
        if (this.#doubts.get(key) !== doubt) return
        if (settled === 'unsure' && --doubt.triesLeft > 0) return
        this.#doubts.delete(key)
        if (settled === 'met') doubt.onMet()
      })
    }
    if (this.#doubts.size > 0) this.#waitAgain()
  }

  #waitAgain(): void {
    if (this.#isWaiting) return
    this.#isWaiting = true
    this.#timers.set(askAgainMs, this, 0)
  }
}
