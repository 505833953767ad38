/**
 * Messages beside presence, in some runs: users write to each other, some devices are told how many messages wait for
 * their user (RFC 3842), and for a while nobody takes any.
 */
import { lost } from '../../checkers/lost.ts'
import type { Manners } from '../../model/manners.ts'
import { Prng } from '../../world/prng.ts'
import type { World } from '../../world/world.ts'
import type { Crowd } from '../crowd.ts'
import { ownMailbox } from '../watch-target.ts'
import { Writers } from './writers.ts'

const share = 0.15
/** So often a device writes, in the safety phase and while nobody takes anything. */
const writeEveryMs = 4_000
const fillEveryMs = 2_000
const fillMs = 3_000

/** By chance of its own, so that what else a seed means does not change with it. */
export function drawMail(world: World, seed: number, crowd: Crowd, manners: Manners): MailLife | null {
  const random = new Prng(seed, 'mail')
  if (!random.chance(share)) return null
  manners.away = random.pick([0, 0.3])
  manners.silent = random.pick([0, 0.1])
  return new MailLife(world, random, crowd, manners)
}

export class MailLife {
  readonly #world: World
  readonly #random: Prng
  readonly #crowd: Crowd
  readonly #manners: Manners
  readonly #writers: Writers

  constructor(world: World, random: Prng, crowd: Crowd, manners: Manners) {
    this.#world = world
    this.#random = random
    this.#crowd = crowd
    this.#manners = manners
    this.#writers = new Writers(world, random.fork('writers'), crowd.users, crowd.devices)
  }

  live(untilMs: number): void {
    for (const { device, watching } of this.#crowd.devices) {
      if (this.#random.chance(0.7)) watching.want(ownMailbox(device.user))
    }
    this.#writers.live(untilMs, writeEveryMs)
  }

  hold(): void {
    this.#manners.holdMessages()
    for (const { device, watching } of this.#crowd.devices) watching.want(ownMailbox(device.user))
    this.#writers.live(this.#world.events.nowMs + fillMs, fillEveryMs)
  }

  letGo(): void {
    this.#manners.takeMessages()
  }

  /** Messages that no device has taken, in words. */
  untaken(): readonly string[] {
    return [...this.unsent(), ...lost.check(this.#world.history).map(({ text }) => text)]
  }

  unsent(): readonly string[] {
    const busy = this.#crowd.devices.filter(({ device }) => !device.isIdle)
    return busy.map(({ device }) => `${device.identity.name} still sends`)
  }
}
