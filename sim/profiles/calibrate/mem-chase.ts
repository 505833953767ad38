/**
 * `mem-chase`: from one place in 32 MB to the next in random order, each step waiting for the memory. Enters no
 * conversion; a profile's memory latency is a line of warning only.
 */
import { Prng } from '../../world/prng.ts'
import { type Kernel, synchronous } from './kernel.ts'

const places = (32 * 2 ** 20) / 4
const perTurn = 100_000

export const memChase: Kernel = {
  class: 'memory',
  operation: 'a step to a random place in 32 MB',
  start: async () => {
    const next = randomRing(places)
    let at = 0
    return synchronous(() => {
      for (let step = 0; step < perTurn; step++) at = next[at]!
    }, perTurn)
  },
}

/** One ring through all places (Sattolo's shuffle). */
export function randomRing(length: number): Uint32Array {
  const random = new Prng(1, 'chase')
  const next = Uint32Array.from({ length }, (_, index) => index)
  for (let index = length - 1; index > 0; index--) {
    const other = random.below(index)
    const held = next[index]!
    next[index] = next[other]!
    next[other] = held
  }
  return next
}
