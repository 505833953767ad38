/**
 * The users of a run of presence: who watches whom on which device, and what they do in the safety phase.
 */
import type { Manners } from '../model/manners.ts'
import { People } from '../model/people.ts'
import type { SimulatedUser } from '../model/simulated-user.ts'
import type { Prng } from '../world/prng.ts'
import type { Surroundings } from '../world/world.ts'
import type { WatcherManners } from './manners.ts'
import { PresenceDevice } from './presence-device.ts'
import { oneUser, ownRegistrations, ownWatchers } from './watch-target.ts'

export interface CrowdLife {
  readonly safetyMs: number
  readonly actEveryMs: number
  /** Some want to see who watches them. */
  readonly looksAtWatchers: boolean
}

export class Crowd {
  readonly users: readonly SimulatedUser[]
  readonly devices: readonly PresenceDevice[]
  readonly #world: Surroundings
  readonly #random: Prng
  #numbers = 0

  constructor(
    world: Surroundings,
    random: Prng,
    of: { usersCount: number; domain: string; manners: Manners; watcherManners: WatcherManners },
  ) {
    this.#world = world
    this.#random = random
    const people = new People(world, random.fork('people'), of)
    this.users = people.users
    const { events, history } = world
    const nextNumber = (): number => ++this.#numbers
    this.devices = people.devices.map((device) => {
      const parts = { events, history, manners: of.watcherManners, nextNumber }
      return new PresenceDevice(device, { ...parts, random: random.fork(device.identity.name) })
    })
  }

  /** Everybody does something every now and then until `untilMs`. */
  live({ safetyMs: untilMs, actEveryMs, looksAtWatchers }: CrowdLife): void {
    const random = this.#random
    for (const each of this.devices) {
      for (const user of this.users) if (random.chance(0.6)) each.watching.want(oneUser(user))
      if (random.chance(0.2)) each.watching.want(ownRegistrations(each.device.user))
      if (looksAtWatchers && random.chance(0.5)) each.watching.want(ownWatchers(each.device.user))
      if (random.chance(0.8)) this.#world.events.after(random.below(6_000), () => each.device.goOnline())
      this.#planAct(each, untilMs, actEveryMs)
    }
  }

  #planAct(each: PresenceDevice, untilMs: number, actEveryMs: number): void {
    const delayMs = Math.ceil(-Math.log(1 - this.#random.float()) * actEveryMs)
    if (this.#world.events.nowMs + delayMs >= untilMs) return
    this.#world.events.after(delayMs, () => {
      this.#act(each)
      this.#planAct(each, untilMs, actEveryMs)
    })
  }

  #act({ device, publishing, watching }: PresenceDevice): void {
    const random = this.#random
    const draw = random.float()
    if (!device.isOnline) {
      if (draw < 0.5) device.goOnline()
    } else if (draw < 0.04) device.goOffline('clean')
    else if (draw < 0.08) device.goOffline('gone')
    else if (draw < 0.12) {
      if (random.chance(0.5)) publishing.want('remove')
      if (random.chance(0.5)) watching.unwantAll()
      device.signOut()
    } else if (draw < 0.15) device.restart()
    else if (draw < 0.2) publishing.want('remove')
    else if (draw < 0.3) watching.want(oneUser(random.pick(this.users)))
    else if (draw < 0.36) watching.unwant(oneUser(random.pick(this.users)))
    else if (draw < 0.42) watching.fetch(oneUser(random.pick(this.users)))
    else publishing.want('state')
  }
}
