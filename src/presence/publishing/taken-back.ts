/**
 * Publications that were taken back or replaced, until the store has that too: if its batch fails they are read again,
 * and then count for as long as they had been promised.
 */
import type { ShardHost, Unit } from '../../shard/index.ts'
import type { Aor } from '../../sip/uri/aor.ts'
import type { Publication } from './publication.ts'

/** What of a publication is not in its record. */
export type Standing = Pick<Publication, 'id' | 'expiresMs' | 'isConfirmed'>

/** From so many users on it is looked for those whose batch has ended; then again when they are twice as many. */
const tidiedFrom = 64

export class TakenBack {
  readonly #host: Pick<ShardHost, 'awaitsStore'>
  readonly #byAor = new Map<Aor, Standing[]>()
  #tidiedAt = tidiedFrom

  constructor(host: Pick<ShardHost, 'awaitsStore'>) {
    this.#host = host
  }

  /** How many publications it remembers. */
  get count(): number {
    return [...this.#byAor.values()].reduce((sum, each) => sum + each.length, 0)
  }

  /** Taken back by this unit, which writes so. */
  add(unit: Unit, aor: Aor, { id, expiresMs, isConfirmed }: Standing): void {
    // Looked at before this unit is in a batch: what was taken back earlier is in one that has ended.
    if (!this.#host.awaitsStore(aor)) this.#byAor.delete(aor)
    unit.change(() => {
      const taken = this.#byAor.get(aor)
      if (taken) taken.push({ id, expiresMs, isConfirmed })
      else this.#begin(aor, { id, expiresMs, isConfirmed })
    })
  }

  /** Those of this user whose removal may not have been kept; to be called before a failed batch counts as ended. */
  take(aor: Aor): readonly Standing[] {
    const taken = this.#byAor.get(aor) ?? []
    this.#byAor.delete(aor)
    return taken
  }

  #begin(aor: Aor, standing: Standing): void {
    if (this.#byAor.size >= this.#tidiedAt) this.#tidy()
    this.#byAor.set(aor, [standing])
  }

  #tidy(): void {
    for (const aor of this.#byAor.keys()) if (!this.#host.awaitsStore(aor)) this.#byAor.delete(aor)
    this.#tidiedAt = Math.max(tidiedFrom, 2 * this.#byAor.size)
  }
}
