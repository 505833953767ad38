/**
 * What the old home sees to after the commit: the new home hears of it until it says that it has taken over; then what
 * was left here is removed, everybody is told to look for the user anew, and what has waited goes after him. Goes on
 * after a restart, from the record alone.
 */

import { aliasKey } from '../ports/records/alias.ts'
import { type HomeRecord, homeKey, homeRecord } from '../ports/records/home.ts'
import { keyParts, userRange } from '../ports/records/keys.ts'
import type { StoreKey } from '../ports/store.ts'
import type { TimerHandle, TimerTarget } from '../ports/timers.ts'
import { askAgainMs, frozenMaxMs } from './limits.ts'
import { announceElsewhere, type MoveId, type MovePorts, run, tellStep } from './move-ports.ts'

export class Succession implements MoveId, TimerTarget {
  readonly record: HomeRecord
  readonly #ports: MovePorts
  readonly #onOver: () => void
  readonly #sinceMs: number
  #isOwned = false
  #timer: TimerHandle | null = null

  constructor(ports: MovePorts, record: HomeRecord, onOver: () => void) {
    this.#ports = ports
    this.record = record
    this.#onOver = onOver
    this.#sinceMs = ports.host.clock.monotonicMs()
  }

  get aor() {
    return this.record.aor
  }

  get move() {
    return this.record.move
  }

  begin(): void {
    this.onTimer()
  }

  /** Its link is there again, or time has passed. */
  onTimer(): void {
    const { host, elsewhere } = this.#ports
    if (this.#isOwned) return
    if (this.#timer !== null) host.timers.cancel(this.#timer)
    this.#timer = host.timers.set(askAgainMs, this, 0)
    // What waits is refused by now rather than kept from its sender.
    if (host.clock.monotonicMs() - this.#sinceMs >= frozenMaxMs) host.travellers.letGo(this.aor)
    const place = elsewhere.homeAt(this.record.server, this.aor)
    if (typeof place === 'number') tellStep(this.#ports, place, this, { step: 'committed', epoch: this.record.epoch })
  }

  onOwned(): void {
    if (this.#isOwned) return
    this.#isOwned = true
    if (this.#timer !== null) this.#ports.host.timers.cancel(this.#timer)
    void this.#cleanUp()
  }

  async #cleanUp(): Promise<void> {
    const { host, book } = this.#ports
    const { aor, names } = this.record
    const left: StoreKey[] = names.map((name) => aliasKey(name))
    await host.travellers.read(userRange(aor), (key) => void (keyParts(key).kind !== '' && left.push(key)))
    const over: HomeRecord = { ...this.record, isOver: true }
    run(this.#ports, aor, 'move-over', (unit) => {
      for (const key of left) unit.write(aor, key, null)
      unit.write(aor, homeKey(aor), homeRecord.encode(over))
      unit.change(() => book.put(over))
      for (const name of names) unit.send(host.shardOf(name), { kind: 'alias', aor: name, mainAor: null })
    })
    announceElsewhere(this.#ports, over)
    host.log.write('info', 'move.over', { aor, to: over.server, epoch: over.epoch })
    this.#onOver()
    host.travellers.letGo(aor)
    host.travellers.handOver()
  }
}
