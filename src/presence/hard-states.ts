/**
 * What administrators and calendars say of a user's presence (hard state, RFC 3903 §2), whatever his devices say. It is
 * written before it is acknowledged, and begins and ends with its time.
 */
import {
  type HardStateRecord,
  type HardStateSource,
  hardStateKey,
  hardStateRecord,
} from '../ports/records/hard-state.ts'
import type { ShardHost, Unit } from '../shard/index.ts'
import { type HeldHardState, hasBegun } from './hard-state.ts'
import type { Presentities } from './watching/presentities.ts'
import type { Presentity } from './watching/presentity.ts'

export class HardStates {
  readonly #host: ShardHost
  readonly #presentities: Presentities

  constructor(host: ShardHost, presentities: Presentities) {
    this.#host = host
    this.#presentities = presentities
  }

  /** In place of what the same source has said before. */
  put(unit: Unit, presentity: Presentity, record: HardStateRecord): void {
    const { aor } = presentity
    unit.write(aor, hardStateKey(aor, record.by), hardStateRecord.encode(record))
    unit.change(() => {
      this.#presentities.keep(presentity)
      this.#hold(presentity, record)
    })
    this.#presentities.changed(unit, presentity, unit.nowMs)
  }

  /** Nothing is said any more by this source. */
  clear(unit: Unit, presentity: Presentity, by: HardStateSource): void {
    const { aor } = presentity
    unit.write(aor, hardStateKey(aor, by), null)
    unit.change(() => this.#drop(presentity, by))
    this.#presentities.changed(unit, presentity, unit.nowMs)
  }

  /** One that was read from the store. To be called outside of units. */
  restore(presentity: Presentity, record: HardStateRecord): void {
    this.#hold(presentity, record)
  }

  /** All of a user, with the records; in the unit that removes him. */
  removeAll(unit: Unit, presentity: Presentity): void {
    const { aor } = presentity
    for (const by of presentity.hardStates.keys()) unit.write(aor, hardStateKey(aor, by), null)
    unit.change(() => this.forget(presentity))
  }

  /** Memory only: the records are read again. */
  forget(presentity: Presentity): void {
    for (const by of [...presentity.hardStates.keys()]) this.#drop(presentity, by)
  }

  #hold(presentity: Presentity, record: HardStateRecord): void {
    this.#drop(presentity, record.by)
    const held: HeldHardState = { ...record, timer: null }
    presentity.hardStates.set(record.by, held)
    this.#wait(presentity, held)
  }

  #wait(presentity: Presentity, held: HeldHardState): void {
    const nowMs = this.#host.clock.systemMs()
    const nextMs = hasBegun(held, nowMs) ? held.untilMs : held.fromMs
    if (nextMs === null) return
    const target = { onTimer: () => this.#onTime(presentity, held) }
    held.timer = this.#host.timers.set(Math.max(0, nextMs - nowMs), target, 0)
  }

  #onTime(presentity: Presentity, held: HeldHardState): void {
    held.timer = null
    if (presentity.hardStates.get(held.by) !== held) return
    const isOver = held.untilMs !== null && held.untilMs <= this.#host.clock.systemMs()
    // The end of one that has begun, or a clock that was set: then it waits on.
    if (!isOver) this.#wait(presentity, held)
    this.#host.run({ who: presentity.aor, what: 'hard-state-time', hash: '' }, (unit) => {
      if (isOver) this.clear(unit, presentity, held.by)
      else this.#presentities.changed(unit, presentity, 0)
    })
  }

  #drop(presentity: Presentity, by: HardStateSource): void {
    const held = presentity.hardStates.get(by)
    if (held?.timer) this.#host.timers.cancel(held.timer)
    presentity.hardStates.delete(by)
  }
}
