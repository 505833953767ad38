/**
 * The port Entropy over the run's generator: tags, branches and nonces are the same for the same seed.
 */
import type { Entropy } from '../../src/ports/entropy.ts'
import type { Prng } from './prng.ts'

export class SeededEntropy implements Entropy {
  readonly #random: Prng

  constructor(random: Prng) {
    this.#random = random
  }

  bytes(count: number): Buffer {
    const bytes = Buffer.alloc(count)
    for (let index = 0; index < count; index++) bytes[index] = this.#random.word() >>> 24
    return bytes
  }

  word(count: number): string {
    return this.bytes(count).toString('hex')
  }
}
