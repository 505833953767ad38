/**
 * What the users of a run do with lists: some devices subscribe to the contact list of their user, some bring a list
 * along, and change their mind now and then.
 */
import type { Prng } from '../../world/prng.ts'
import type { Surroundings } from '../../world/world.ts'
import type { PresenceDevice } from '../presence-device.ts'
import { containedList, ownContacts } from '../watch-target.ts'
import type { ListMaker } from './list-maker.ts'

export class ListLife {
  readonly #world: Surroundings
  readonly #random: Prng
  readonly #maker: ListMaker

  constructor(world: Surroundings, random: Prng, maker: ListMaker) {
    this.#world = world
    this.#random = random
    this.#maker = maker
  }

  live(devices: readonly PresenceDevice[], untilMs: number, actEveryMs: number): void {
    this.#maker.work(untilMs, actEveryMs)
    for (const device of devices) {
      this.#begin(device, 0.5)
      this.#planAct(device, untilMs, 2 * actEveryMs)
    }
  }

  /** Every device has a list in the end. */
  settle(devices: readonly PresenceDevice[]): void {
    for (const device of devices) this.#begin(device, 1)
  }

  #begin({ device, watching }: PresenceDevice, probability: number): void {
    const random = this.#random
    if (random.chance(probability)) watching.want(ownContacts(device.user))
    if (!random.chance(probability * 0.6)) return
    const target = containedList(device.user)
    watching.setContained(this.#maker.draw(), target.key)
    watching.want(target)
  }

  #planAct(each: PresenceDevice, untilMs: number, actEveryMs: number): void {
    const delayMs = Math.ceil(-Math.log(1 - this.#random.float()) * actEveryMs)
    if (this.#world.events.nowMs + delayMs >= untilMs) return
    this.#world.events.after(delayMs, () => {
      if (each.device.isOnline) this.#act(each)
      this.#planAct(each, untilMs, actEveryMs)
    })
  }

  #act({ device, watching }: PresenceDevice): void {
    const random = this.#random
    const [own, contained] = [ownContacts(device.user), containedList(device.user)]
    const draw = random.float()
    if (draw < 0.25) watching.want(own)
    else if (draw < 0.35) watching.unwant(own)
    else if (draw < 0.45) watching.unwant(contained)
    else if (draw < 0.55) watching.fetch(random.pick([own, contained]))
    else {
      watching.setContained(this.#maker.draw(), contained.key)
      watching.want(contained)
    }
  }
}
