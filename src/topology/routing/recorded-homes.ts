/**
 * Homing that knows what this server's own records say: whom it has given away and to whom, and whom it has taken in.
 * A record wins over all advice (other homes' answers, the directory) until a home with a higher epoch has spoken, or
 * until the home that it names says that the user is not its own: then the advice is asked.
 */
import { RecentMap } from '../../guard/index.ts'
import type { Home, Homing } from '../../ports/topology.ts'
import type { Aor } from '../../sip/uri/aor.ts'
import type { Claim } from './asked-homes.ts'

/** The others are asked for: their records are in the store, and these in memory are read at each start. */
const recordsMax = 1_000_000

export class RecordedHomes implements Homing {
  readonly #advice: Homing
  readonly #records = new RecentMap<Aor, Claim>(recordsMax)
  /** Those whose record was said to be wrong. */
  readonly #doubted = new Set<Aor>()

  constructor(advice: Homing) {
    this.#advice = advice
  }

  /** A record of this server says so. */
  record(names: readonly Aor[], server: string, epoch: number): void {
    for (const name of names) {
      if ((this.#records.get(name)?.epoch ?? 0) > epoch) continue
      this.#records.set(name, { server, epoch })
      this.#doubted.delete(name)
    }
  }

  /** Is who says that the user is his behind what the records say? The home that they name may have begun anew. */
  isOutdated(aor: Aor, { server, epoch }: Claim): boolean {
    const recorded = this.#records.get(aor)
    return recorded !== undefined && recorded.server !== server && epoch < recorded.epoch
  }

  find(aor: Aor, onHome: (home: Home) => void): void {
    const recorded = this.#recorded(aor)
    if (recorded) onHome({ server: recorded.server })
    else this.#advice.find(aor, onHome)
  }

  peek(aor: Aor): Home | null {
    const recorded = this.#recorded(aor)
    return recorded ? { server: recorded.server } : this.#advice.peek(aor)
  }

  forget(aor: Aor): void {
    if (this.#records.has(aor)) this.#doubted.add(aor)
    this.#advice.forget(aor)
  }

  #recorded(aor: Aor): Claim | null {
    const recorded = this.#records.get(aor)
    return recorded && !this.#doubted.has(aor) ? recorded : null
  }
}
