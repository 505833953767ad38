/**
 * Nonce counts by themselves (RFC 7616 §3.4.6): what overtakes on UDP is good once, what nobody can know is good never.
 */
import { describe, expect, it } from 'vitest'
import { NonceCounts } from '../../../src/shard/nonce-counts.ts'

describe('nonce counts', () => {
  const use = (counts: NonceCounts, nonce: string, count: number, madeMs = 100) => {
    const verdict = counts.check(nonce, madeMs, count)
    if (verdict === 'fresh') counts.mark(nonce, madeMs, count)
    return verdict
  }

  it('are good once each, in any order within 32', () => {
    const counts = new NonceCounts(0)
    const order = [1, 40, 9, 10, 39, 40, 9, 8, 41, 10, 72, 41, 40]
    const verdicts = order.map((count) => use(counts, 'n', count))
    expect(verdicts).toEqual([
      'fresh',
      'fresh',
      'fresh',
      'fresh',
      'fresh',
      'used',
      'used',
      'used',
      'fresh',
      'used',
      'fresh',
      'used',
      'used',
    ])
  })

  it('of nonces from before the counting began are used', () => {
    const counts = new NonceCounts(100)
    expect([use(counts, 'old', 1, 99), use(counts, 'new', 1, 100)]).toEqual(['used', 'fresh'])
  })

  it('of nonces forgotten for room are used, and so are all that are no younger', () => {
    const counts = new NonceCounts(0)
    for (let nonce = 0; nonce <= 100_000; nonce++) use(counts, `n${nonce}`, 1, 1_000 + nonce)
    const made = (nonce: number) => 1_000 + nonce
    expect([
      use(counts, 'n0', 2, made(0)),
      use(counts, 'n49999', 2, made(49_999)),
      use(counts, 'n50000', 2, made(50_000)),
      use(counts, 'n50000', 2, made(50_000)),
      use(counts, 'never seen', 1, made(49_999)),
      use(counts, 'never seen', 1, made(50_000)),
    ]).toEqual(['used', 'used', 'fresh', 'used', 'used', 'fresh'])
  })
})
