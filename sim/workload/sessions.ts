/**
 * When each user is signed in. A pure function of the seed and the user, so that whoever plans a conversation can ask
 * it of anybody, also of users that another thread acts for.
 */
import { cutNormal, exponential, normal } from './distributions.ts'
import type { Parameters } from './parameters.ts'
import { type Arrival, type Plan, setUpMs } from './plan.ts'
import type { Population } from './population.ts'
import { Stream } from './random.ts'
import { dayMs, RateCurve } from './rate-curve.ts'

export interface Session {
  readonly inMs: number
  /** Infinity: to the end of the run. */
  readonly outMs: number
  /** 0 is the first one of the user. */
  readonly turn: number
}

type Ramp = Arrival & { readonly kind: 'ramp' }
type Workday = Arrival & { readonly kind: 'workday' }

export class Sessions {
  readonly #parameters: Parameters
  readonly #arrival: Arrival
  readonly #population: Population
  readonly #seed: number
  readonly #activity: RateCurve
  readonly #random: Stream
  /** Before this moment the run is still being set up. */
  readonly setUpMs: number

  constructor(parameters: Parameters, plan: Plan, population: Population, seed: number) {
    this.#parameters = parameters
    this.#arrival = plan.arrival
    this.#population = population
    this.#seed = seed
    this.#activity = RateCurve.ofHours(plan.activity)
    this.#random = new Stream(seed, 'sign')
    this.setUpMs = setUpMs(parameters, plan.arrival)
  }

  /** The session that goes on at this moment, else the next one; null if there is none any more. */
  sessionAt(user: number, atMs: number): Session | null {
    return this.#arrival.kind === 'ramp'
      ? this.#rampSession(this.#arrival, user, atMs)
      : this.#daySession(this.#arrival, user, atMs)
  }

  isSignedIn(user: number, atMs: number): boolean {
    const session = this.sessionAt(user, atMs)
    return session !== null && session.inMs <= atMs
  }

  #rampSession(arrival: Ramp, user: number, atMs: number): Session | null {
    const first = this.#rampMs(arrival, user)
    if (first === null) return null
    const { signInsPerHour, signedOutSeconds } = this.#parameters
    const random = this.#random.rekey(this.#seed, 'sign', user)
    let inMs = first
    for (let turn = 0; ; turn++) {
      const hours = signInsPerHour === 0 ? Infinity : exponential(random, 1 / signInsPerHour)
      const outMs = hours === Infinity ? Infinity : this.#activity.advance(inMs, hours)
      if (outMs > atMs) return { inMs, outMs, turn }
      inMs = outMs + 1 + exponential(random, signedOutSeconds * 1_000)
    }
  }

  /** When a user comes in a ramp, or null if all that are wanted come before. */
  #rampMs({ perSecond, steps, order }: Ramp, user: number): number | null {
    const place = order === 'by-team' ? user : this.#population.place[user]!
    let before = 0
    for (const { atMs, share } of steps) {
      const upTo = Math.max(1, Math.round(share * this.#parameters.users))
      if (place < upTo) return atMs + ((place - before + 0.5) / perSecond) * 1_000
      before = upTo
    }
    return null
  }

  #daySession(arrival: Workday, user: number, atMs: number): Session | null {
    const { users } = this.#parameters
    const place = this.#population.place[user]!
    if (place < arrival.stayingShare * users) {
      return { inMs: ((place + 0.5) / arrival.perSecond) * 1_000, outMs: Infinity, turn: 0 }
    }
    for (let day = Math.max(0, Math.floor(atMs / dayMs) - 1); day <= Math.floor(atMs / dayMs) + 14; day++) {
      const random = this.#random.rekey(this.#seed, 'day', user, day)
      if (!random.chance(arrival.comingShare)) continue
      const { comeAtMs, comeSigmaMs, comeCutMs, lengthMs, lengthSigmaMs, lengthMinMs } = arrival
      const come = cutNormal(random, comeAtMs, comeSigmaMs, comeAtMs - comeCutMs, comeAtMs + comeCutMs)
      const length = Math.max(lengthMinMs, normal(random, lengthMs, lengthSigmaMs))
      const inMs = day * dayMs + come
      const outMs = inMs + Math.min(length, 14 * (dayMs / 24))
      if (outMs > atMs) return { inMs, outMs, turn: day + 1 }
    }
    return null
  }
}
