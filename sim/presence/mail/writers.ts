/**
 * Who writes to whom in a run: everybody to everybody, now and then one message, now and then a few.
 */
import type { SimulatedUser } from '../../model/simulated-user.ts'
import type { Prng } from '../../world/prng.ts'
import type { Surroundings } from '../../world/world.ts'
import type { PresenceDevice } from '../presence-device.ts'

export class Writers {
  readonly #world: Surroundings
  readonly #random: Prng
  readonly #users: readonly SimulatedUser[]
  readonly #devices: readonly PresenceDevice[]
  #count = 0

  constructor(world: Surroundings, random: Prng, users: readonly SimulatedUser[], devices: readonly PresenceDevice[]) {
    this.#world = world
    this.#random = random
    this.#users = users
    this.#devices = devices
  }

  live(untilMs: number, everyMs: number): void {
    for (const each of this.#devices) this.#plan(each, untilMs, everyMs)
  }

  #plan(each: PresenceDevice, untilMs: number, everyMs: number): void {
    const delayMs = Math.ceil(-Math.log(1 - this.#random.float()) * everyMs)
    if (this.#world.events.nowMs + delayMs >= untilMs) return
    this.#world.events.after(delayMs, () => {
      if (each.device.isOnline) {
        for (let count = this.#random.pick([1, 1, 3]); count > 0; count--)
          each.device.send(this.#random.pick(this.#users), ++this.#count)
      }
      this.#plan(each, untilMs, everyMs)
    })
  }
}
