/**
 * Users whose last batch has failed: what memory says of them is forgotten, and their records are read. What comes for
 * them meanwhile waits; what their timers do, and what others say of whom they watch, does not, and is written.
 */
import { userRange } from '../ports/records/keys.ts'
import type { Store, StoreKey } from '../ports/store.ts'
import type { Aor } from '../sip/uri/aor.ts'
import type { HeldUsers } from './held-users.ts'
import type { Service } from './service.ts'
import type { TravellersOwner } from './shard-travellers.ts'

export interface ReadingOwner extends Pick<TravellersOwner, 'handle'> {
  readonly services: readonly Service[]
  loadRecord(key: StoreKey, value: Uint8Array): void
}

export class ReadingAgain {
  readonly #owner: ReadingOwner
  readonly #store: Store
  readonly #held: HeldUsers
  /** Another batch of theirs has failed since their reading began: what it changed in memory is not in the store. */
  readonly #failedMeanwhile = new Set<Aor>()

  constructor(owner: ReadingOwner, store: Store, held: HeldUsers) {
    this.#owner = owner
    this.#store = store
    this.#held = held
  }

  /** Forgets him and reads his records. */
  begin(aor: Aor): void {
    if (this.#held.isHeld(aor, 'reading')) {
      this.#failedMeanwhile.add(aor)
      return
    }
    this.#held.hold(aor, 'reading')
    this.#read(aor)
  }

  #read(aor: Aor): void {
    for (const service of this.#owner.services) service.forget?.(aor)
    // A store that cannot be read any more ends the process; until then nobody knows anything of this user.
    const unreadable = () => undefined
    this.#store
      .scan(userRange(aor), (key, value) => this.#owner.loadRecord(key, value))
      .then(() => this.#end(aor), unreadable)
  }

  #end(aor: Aor): void {
    for (const service of this.#owner.services) service.onReloaded?.(aor)
    if (this.#failedMeanwhile.delete(aor)) this.#read(aor)
    else this.#owner.handle(this.#held.letGo(aor, 'reading'))
  }
}
