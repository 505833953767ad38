/**
 * Publications that were taken back or replaced, until the store has that too: if its batch fails they are read again,
 * and then count for as long as they had been promised.
 */
import type { ShardHost } from '../../shard/index.ts'
import type { Aor } from '../../sip/uri/aor.ts'
import type { Publication } from './publication.ts'

/** What of a publication is not in its record. */
export type Standing = Pick<Publication, 'id' | 'expiresMs' | 'isConfirmed'>

/** From so many users on it is looked for those whose batch has ended. */
const tidiedFrom = 64

export class TakenBack {
  readonly #host: Pick<ShardHost, 'awaitsStore'>
  readonly #byAor = new Map<Aor, readonly Standing[]>()

  constructor(host: Pick<ShardHost, 'awaitsStore'>) {
    this.#host = host
  }

  /** To be called in a change. */
  add(aor: Aor, { id, expiresMs, isConfirmed }: Standing): void {
    if (this.#byAor.size >= tidiedFrom) this.#tidy()
    this.#byAor.set(aor, [...(this.#byAor.get(aor) ?? []), { id, expiresMs, isConfirmed }])
  }

  /** Those of this user whose removal may not have been kept. */
  take(aor: Aor): readonly Standing[] {
    const taken = this.#byAor.get(aor) ?? []
    this.#byAor.delete(aor)
    return taken
  }

  #tidy(): void {
    for (const aor of this.#byAor.keys()) if (!this.#host.awaitsStore(aor)) this.#byAor.delete(aor)
  }
}
