/**
 * The one source of chance of a run: xoshiro128** (Blackman and Vigna, 2018), seeded by splitmix32. Same seed, same
 * run. Who draws what is left to the callers; `fork` gives each of them a stream of its own, so that one draw more in
 * one place does not change all the others.
 */
import { nextWord } from './xoshiro.ts'
export class Prng {
  readonly #state: Uint32Array

  constructor(seed: number, label = '') {
    let mixed = Math.imul(seed, 0x9e3779b1) ^ Math.imul(Math.floor(seed / 2 ** 32), 0x85ebca6b)
    for (let index = 0; index < label.length; index++) mixed = Math.imul(mixed ^ label.charCodeAt(index), 0x01000193)
    this.#state = new Uint32Array(4)
    for (let index = 0; index < 4; index++) {
      mixed = (mixed + 0x9e3779b9) | 0
      let word = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad)
      word = Math.imul(word ^ (word >>> 15), 0x735a2d97)
      this.#state[index] = word ^ (word >>> 15)
    }
  }

  fork(label: string): Prng {
    return new Prng(this.word(), label)
  }

  /** 32 random bits. */
  word(): number {
    return nextWord(this.#state)
  }

  /** From 0 up to 1, exclusive. */
  float(): number {
    return this.word() / 2 ** 32
  }

  /** A whole number from 0 up to `count`, exclusive. */
  below(count: number): number {
    return Math.floor(this.float() * count)
  }

  /** A whole number of the two and what lies between. */
  between(low: number, high: number): number {
    return low + this.below(high - low + 1)
  }

  chance(probability: number): boolean {
    return this.float() < probability
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!
  }
}
