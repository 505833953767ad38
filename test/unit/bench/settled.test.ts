/**
 * The steady bench reads what waiting costs when the server does nothing but wait: not while V8 still collects.
 */
import { describe, expect, it } from 'vitest'
import { untilSettled } from '../../../bench/harness/settled.ts'

/** A server that spends so much in each slice, and the last of it from then on. */
function spending(slices: readonly number[]) {
  let [slice, micros] = [0, 0]
  return {
    spentMicros: () => micros,
    pause: async () => {
      micros += slices[Math.min(slice++, slices.length - 1)]!
    },
    sliceMs: 5_000,
    leastMs: 15_000,
    mostMs: 60_000,
  }
}

describe('bench: idle is read when the server has settled', () => {
  it('waits while what it spends still falls', async () => {
    expect(await untilSettled(spending([195_000, 190_000, 120_000, 60_000, 15_000, 15_000]))).toBe(30_000)
  })

  it('does not take the first slices, which are alike, for the end', async () => {
    expect(await untilSettled(spending([195_000, 195_000, 195_000, 12_000, 11_000]))).toBe(15_000)
    expect(await untilSettled(spending([195_000, 195_000, 20_000, 12_000, 11_000]))).toBe(25_000)
  })

  it('gives up on a server that never settles', async () => {
    const slices = Array.from({ length: 40 }, (_, index) => 1e9 * 0.7 ** index)
    expect(await untilSettled(spending(slices))).toBe(60_000)
  })

  it('takes the shortest time for one that does nothing', async () => {
    expect(await untilSettled(spending([200_000, 5_000, 5_000]))).toBe(15_000)
  })
})
