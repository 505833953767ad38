/**
 * The users of a run with their devices, and what they do in the safety phase: come and go, sign out, send messages.
 */
import type { Prng } from '../world/prng.ts'
import type { Surroundings } from '../world/world.ts'
import { Device } from './device.ts'
import type { Manners } from './manners.ts'
import { SimulatedUser } from './simulated-user.ts'

export class People {
  readonly users: readonly SimulatedUser[]
  readonly devices: readonly Device[]
  readonly #world: Surroundings
  readonly #random: Prng
  readonly #manners: Manners
  #messagesCount = 0

  constructor(world: Surroundings, random: Prng, of: { usersCount: number; domain: string; manners: Manners }) {
    this.#world = world
    this.#random = random
    this.#manners = of.manners
    this.users = Array.from({ length: of.usersCount }, (_, index) => new SimulatedUser(`user${index}`, of.domain))
    this.devices = this.users.flatMap((user) => this.#devicesOf(user))
  }

  devicesNamed(user: string): readonly Device[] {
    return this.devices.filter((device) => device.user.name === user)
  }

  /** Everybody does something every now and then until `untilMs`. */
  live(untilMs: number, of: { actEveryMs: number; twinsProbability: number }): void {
    for (const device of this.devices) {
      if (this.#random.chance(0.8)) this.#world.events.after(this.#random.below(8_000), () => device.goOnline())
      this.#planAct(device, untilMs, of)
    }
  }

  #planAct(device: Device, untilMs: number, of: { actEveryMs: number; twinsProbability: number }): void {
    const delayMs = Math.ceil(-Math.log(1 - this.#random.float()) * of.actEveryMs)
    if (this.#world.events.nowMs + delayMs >= untilMs) return
    this.#world.events.after(delayMs, () => {
      this.#act(device, of.twinsProbability)
      this.#planAct(device, untilMs, of)
    })
  }

  #act(device: Device, twinsProbability: number): void {
    const random = this.#random
    const draw = random.float()
    if (!device.isOnline) {
      if (draw < 0.5) device.goOnline()
      return
    }
    if (draw < 0.06) device.goOffline('clean')
    else if (draw < 0.1) device.goOffline('gone')
    else if (draw < 0.15) device.signOut()
    else if (draw < 0.18) device.restart()
    else if (draw < 0.18 + twinsProbability) this.#sendAsTwins(device)
    else
      for (let count = random.pick([1, 1, 2, 4]); count > 0; count--)
        device.send(random.pick(this.users), this.#nextId())
  }

  /** Two machines made from one image send at the same time, with the same Call-ID, tag, CSeq and branch. */
  #sendAsTwins(device: Device): void {
    const random = this.#random
    const others = this.devices.filter((other) => other.user !== device.user && other.isOnline)
    if (others.length === 0) return
    const to = random.pick(this.users)
    const word = random.word().toString(36)
    const ids = { callId: `twin-${word}`, fromTag: word, branchSeed: `twin-${word}` }
    device.send(to, this.#nextId(), ids)
    random.pick(others).send(to, this.#nextId(), ids)
  }

  #nextId(): number {
    return ++this.#messagesCount
  }

  #devicesOf(user: SimulatedUser): Device[] {
    const random = this.#random
    const count = random.pick([1, 2, 2, 3])
    return Array.from({ length: count }, (_, index) => {
      const name = `${user.name}-d${index}`
      const number = this.users.indexOf(user) * 10 + index
      const identity = {
        name,
        address: `10.1.0.${number + 1}`,
        isStream: random.chance(0.6),
        instanceId: random.chance(0.75) ? `urn:uuid:00000000-0000-4000-8000-${String(number).padStart(12, '0')}` : null,
      }
      const { events, network, history } = this.#world
      return new Device(identity, user, { events, network, history, random: random.fork(name), manners: this.#manners })
    })
  }
}
