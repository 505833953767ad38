/**
 * Time and randomness of worlds: both are the same in every run, and move only when a test says so.
 */
import { createHash } from 'node:crypto'
import type { Clock } from '../../src/ports/clock.ts'
import type { Entropy } from '../../src/ports/entropy.ts'

export const startOfTimeMs = Date.UTC(2026, 5, 1, 9)

export class WorldClock implements Clock {
  nowMs = 0

  monotonicMs(): number {
    return this.nowMs
  }

  wallMs(): number {
    return startOfTimeMs + this.nowMs
  }

  systemMs(): number {
    return startOfTimeMs + this.nowMs
  }
}

/** The same words in every run, never the same word twice. */
export class CountingEntropy implements Entropy {
  #count = 0

  bytes(count: number): Buffer {
    const blocks = Array.from({ length: Math.ceil(count / 32) }, () => this.#block())
    return Buffer.concat(blocks).subarray(0, count)
  }

  word(count: number): string {
    return this.bytes(count).toString('hex')
  }

  #block(): Buffer {
    return createHash('sha256')
      .update(String(this.#count++))
      .digest()
  }
}
