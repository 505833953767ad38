/**
 * Who has another home, or came from one, as the records of this server say; every shard knows all of them. Records
 * are written by `departure.ts`, `arrival.ts` and `adoption.ts`.
 */
import { firstHomeEpoch, type HomeRecord } from '../ports/records/home.ts'
import type { Homes } from '../shard/index.ts'
import type { Aor } from '../sip/uri/aor.ts'

export class HomesBook implements Homes {
  readonly #byName = new Map<Aor, HomeRecord>()
  readonly #contested = new Set<Aor>()

  find(aor: Aor): HomeRecord | null {
    return this.#byName.get(aor) ?? null
  }

  all(): Iterable<HomeRecord> {
    return new Set(this.#byName.values())
  }

  put(record: HomeRecord): void {
    for (const name of [record.aor, ...record.names]) {
      this.#byName.set(name, record)
      this.#contested.delete(name)
    }
  }

  contest(aor: Aor): void {
    this.#contested.add(aor)
  }

  movedTo(aor: Aor): string | null {
    // Most servers have given nobody away.
    if (this.#byName.size === 0) return null
    const record = this.#byName.get(aor)
    return record?.state === 'moved' ? record.server : null
  }

  epochOf(aor: Aor): number {
    return this.#byName.get(aor)?.epoch ?? firstHomeEpoch
  }

  isContested(aor: Aor): boolean {
    return this.#contested.size > 0 && this.#contested.has(aor)
  }
}
