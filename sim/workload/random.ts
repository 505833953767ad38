/**
 * Chance in the model: xoshiro128** (Blackman and Vigna, 2018), one stream for each (seed, purpose, user, turn). A draw
 * more in one place, a user more or less, or a new purpose changes no other stream; that is what lets every thread make
 * the plan of its own users, and lets a failing run shrink.
 */
import { nextWord } from '../world/xoshiro.ts'

/** What chance is drawn for. A new purpose is added at the end: its place is a part of the key. */
export const purposes = [
  'contacts',
  'teams',
  'graph',
  'order',
  'device',
  'reconnect',
  'sign',
  'day',
  'idle',
  'meeting',
  'call',
  'manual',
  'flow-loss',
  'poll',
  'talk',
  'storm',
] as const
export type Purpose = (typeof purposes)[number]

const numberOf = new Map<Purpose, number>(purposes.map((purpose, index) => [purpose, index + 1]))

export class Stream {
  readonly #state = new Uint32Array(4)

  constructor(seed: number, purpose: Purpose, user = 0, turn = 0) {
    this.rekey(seed, purpose, user, turn)
  }

  /** Begins the stream of this key, in the same object: streams are many and short. */
  rekey(seed: number, purpose: Purpose, user: number, turn = 0): this {
    let mixed = mix(Math.imul(seed, 0x9e3779b1) ^ Math.imul(Math.floor(seed / 2 ** 32), 0x85ebca6b))
    mixed = mix(mixed ^ Math.imul(numberOf.get(purpose)!, 0xc2b2ae35))
    mixed = mix(mixed ^ Math.imul(user + 1, 0x27d4eb2f))
    mixed = mix(mixed ^ Math.imul(turn + 1, 0x165667b1) ^ Math.floor(turn / 2 ** 32))
    for (let index = 0; index < 4; index++) {
      mixed = (mixed + 0x9e3779b9) | 0
      this.#state[index] = mix(mixed)
    }
    // The one state from which xoshiro never comes away.
    if (this.#state.every((word) => word === 0)) this.#state[0] = 1
    return this
  }

  /** 32 random bits. */
  word(): number {
    return nextWord(this.#state)
  }

  /** From 0 up to 1, both exclusive, so that its logarithm and its quantiles are finite. */
  float(): number {
    return (this.word() + 0.5) / 2 ** 32
  }

  /** A whole number from 0 up to `count`, exclusive. */
  below(count: number): number {
    return Math.floor(this.float() * count)
  }

  between(low: number, high: number): number {
    return low + this.float() * (high - low)
  }

  chance(probability: number): boolean {
    return this.float() < probability
  }
}

/** Finaliser of splitmix32. */
function mix(word: number): number {
  let mixed = word | 0
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad)
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97)
  return mixed ^ (mixed >>> 15)
}
