/**
 * Whether those who are not signed in yet are let in. Once they are refused because this worker is behind, they stay
 * refused until next to nothing waits: each of them asks for more as long as he stays, and by the moments of ease
 * between two peaks more would come in than can be served. Until then there is work, so no time is lost.
 */
import { type SheddingLimits, type Shortage, shortageFor } from '../guard/index.ts'
import type { Pressure } from '../ports/pressure.ts'

/** Of the limit; a worker that keeps up is below it, as one that is far behind is for moments only. */
const openShare = 0.05

export class Admission {
  #isShut = false

  /** Why nobody new is let in; null: they are welcome. */
  shortage(pressure: Pressure, limits: SheddingLimits): Shortage | null {
    const shortage = shortageFor('sign-in', pressure, limits)
    if (shortage === 'delay') this.#isShut = true
    else if (pressure.delayMs() <= limits.busyAfterMs * openShare) this.#isShut = false
    return shortage ?? (this.#isShut && limits.busyAfterMs > 0 ? 'delay' : null)
  }
}
