/**
 * Randomness from the system (port Entropy), drawn 4 KiB at once: a draw per branch would cost more than the branch.
 */
import { randomFillSync } from 'node:crypto'
import type { Entropy } from '../ports/entropy.ts'

export class RealEntropy implements Entropy {
  readonly #pool = Buffer.alloc(4096)
  #used = this.#pool.length

  bytes(count: number): Buffer {
    return Buffer.from(this.#take(count))
  }

  word(count: number): string {
    return this.#take(count).toString('hex')
  }

  #take(count: number): Buffer {
    if (count > this.#pool.length) return randomFillSync(Buffer.alloc(count))
    if (this.#used + count > this.#pool.length) {
      randomFillSync(this.#pool)
      this.#used = 0
    }
    this.#used += count
    return this.#pool.subarray(this.#used - count, this.#used)
  }
}
