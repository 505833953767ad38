/**
 * What has to wait while the records of a user are read again, after a batch that failed: until then nobody here knows
 * that there is such a user, what he allows and in which groups he is, and whoever is judged by that is judged wrongly.
 */
import type { Aor } from '../../sip/uri/aor.ts'

export class AfterReading {
  /** Of users who are being read. */
  readonly #waiting = new Map<Aor, (() => void)[]>()

  get isEmpty(): boolean {
    return this.#waiting.size === 0
  }

  isReading(aor: Aor): boolean {
    return this.#waiting.has(aor)
  }

  begins(aor: Aor): void {
    if (!this.#waiting.has(aor)) this.#waiting.set(aor, [])
  }

  /** Now, or when he has been read. Called outside of units; `act` begins units of its own. */
  do(aor: Aor, act: () => void): void {
    const waiting = this.#waiting.get(aor)
    if (waiting) waiting.push(act)
    else act()
  }

  /** He has been read: what has waited, for its caller to do. */
  ends(aor: Aor): readonly (() => void)[] {
    const waiting = this.#waiting.get(aor) ?? []
    this.#waiting.delete(aor)
    return waiting
  }
}
