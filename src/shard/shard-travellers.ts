/**
 * A shard's part in giving a user another home: holds what comes for him, reads his records, takes him in or drops him.
 * Who goes where, and when, is decided in `src/moving/`.
 */
import type { BusMessage } from '../ports/bus.ts'
import type { ScanRange, Store, StoreKey } from '../ports/store.ts'
import type { Aor } from '../sip/uri/aor.ts'
import type { HeldUsers } from './held-users.ts'
import type { Service, Travellers } from './service.ts'

/** What of the shard it needs. */
export interface TravellersOwner {
  readonly services: readonly Service[]
  readAgain(aor: Aor): void
  /** To be called when something has left or come in outside of a message: hands over what is written. */
  endTick(): void
  handle(messages: readonly BusMessage[]): void
}

export class ShardTravellers implements Travellers {
  readonly #owner: TravellersOwner
  readonly #store: Store
  readonly #held: HeldUsers
  /** Held users of whom something was written since they were last looked at. */
  readonly #written = new Set<Aor>()

  constructor(owner: TravellersOwner, store: Store, held: HeldUsers) {
    this.#owner = owner
    this.#store = store
    this.#held = held
  }

  hold(aor: Aor): void {
    this.#held.hold(aor, 'moving')
  }

  letGo(aor: Aor): void {
    this.#written.delete(aor)
    this.#owner.handle(this.#held.letGo(aor, 'moving'))
  }

  isReading(aor: Aor): boolean {
    return this.#held.isHeld(aor, 'reading')
  }

  read(range: ScanRange, visit: (key: StoreKey, value: Uint8Array) => void): Promise<void> {
    // What units have written in this turn belongs to it.
    this.#owner.endTick()
    return this.#store.scan(range, visit)
  }

  handOver(): void {
    this.#owner.endTick()
  }

  /** Records of these users have been handed to the store. */
  written(users: Iterable<Aor>): void {
    if (this.#held.isEmpty) return
    for (const aor of users) if (this.#held.isHeld(aor, 'moving')) this.#written.add(aor)
  }

  takeWritten(aor: Aor): boolean {
    return this.#written.delete(aor)
  }

  readAgain(aor: Aor): void {
    this.#owner.readAgain(aor)
  }

  drop(aor: Aor): void {
    for (const service of this.#owner.services) {
      if (service.onMovedAway) service.onMovedAway(aor)
      else {
        service.forget?.(aor)
        service.onReloaded?.(aor)
      }
    }
  }

  arriving(aor: Aor): void {
    for (const service of this.#owner.services) service.onArriving?.(aor)
  }

  isBusy(aor: Aor): boolean {
    return this.#owner.services.some((service) => service.isBusyWith?.(aor) ?? false)
  }
}
