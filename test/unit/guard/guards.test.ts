/**
 * What protects a worker from its peers, each guard by itself: poison, guessing, floods.
 */
import { describe, expect, it } from 'vitest'
import { messageHash, PoisonGuard, SourceGuard, TokenBuckets } from '../../../src/guard/index.ts'
import { request } from '../../support/requests.ts'

const minute = 60_000

describe('the hash of a message', () => {
  it('is the same for a message sent again with new Via, Call-ID, CSeq, tags, Date and credentials', () => {
    const again = request({
      headers: {
        Via: 'SIP/2.0/UDP 192.0.2.99;branch=z9hG4bKother',
        From: '"Alice" <sip:alice@example.test>;tag=other',
        'Call-ID': 'other',
        CSeq: '77 MESSAGE',
        Authorization: 'Digest username="alice"',
        Date: 'Sat, 13 Nov 2010 23:29:00 GMT',
      },
    })
    expect(messageHash(again)).toBe(messageHash(request()))
  })

  it.each([
    ['body', { body: 'x' }],
    ['Request-URI', { uri: 'sip:carol@example.test' }],
    ['other header', { headers: { Subject: 'x' } }],
  ])('differs with another %s', (_what, parts) => {
    expect(messageHash(request(parts))).not.toBe(messageHash(request()))
  })
})

describe('the poison guard', () => {
  const cause = (who: string, hash = '') => ({ who, what: 'MESSAGE', hash })

  it('refuses a message at its third coming, whoever sends it', () => {
    const guard = new PoisonGuard()
    const refused = ['a', 'b', 'c'].map((who) => {
      const isRefused = guard.refuses(cause(who, 'bad'), 0)
      if (!isRefused) guard.failed(cause(who, 'bad'), 0)
      return isRefused
    })
    expect(refused).toEqual([false, false, true])
    expect(guard.refuses(cause('a', 'good'), 0)).toBe(false)
  })

  it('refuses a source after three failures: 1, 5, 30 and again 30 minutes', () => {
    const guard = new PoisonGuard()
    let nowMs = 0
    for (const refusedMs of [minute, 5 * minute, 30 * minute, 30 * minute]) {
      for (let failure = 0; failure < 3; failure++) guard.failed(cause('a', `${nowMs} ${failure}`), nowMs)
      expect(guard.refuses(cause('a'), nowMs + refusedMs - 1)).toBe(true)
      expect(guard.refuses(cause('b'), nowMs)).toBe(false)
      nowMs += refusedMs
      expect(guard.refuses(cause('a'), nowMs)).toBe(false)
    }
  })

  it('never refuses our own timers, which are nobody', () => {
    const guard = new PoisonGuard()
    for (let failure = 0; failure < 9; failure++) guard.failed(cause(''), 0)
    expect(guard.refuses(cause(''), 0)).toBe(false)
  })

  it('is quiet again an hour after the last failure, so that nothing need be hashed', () => {
    const guard = new PoisonGuard()
    guard.failed(cause('a', 'bad'), 0)
    guard.failed(cause('a', 'bad'), 0)
    expect([guard.isQuiet, guard.refuses(cause('a', 'bad'), 60 * minute)]).toEqual([false, true])
    expect([guard.refuses(cause('a', 'bad'), 60 * minute + 1), guard.isQuiet]).toEqual([false, true])
  })

  it('is bounded: a thousand hashes are remembered, the newest', () => {
    const guard = new PoisonGuard()
    for (const hash of ['first', 'first', ...Array.from({ length: 1_000 }, (_, number) => `${number}`)]) {
      guard.failed(cause('', hash), 0)
    }
    expect(guard.refuses(cause('', 'first'), 0)).toBe(false)
  })
})

describe('the source guard', () => {
  it('lets some failures pass, then answers later and later, then bans', () => {
    const guard = new SourceGuard({ failuresPerMinute: 10, banMs: 30_000 })
    const delays = Array.from({ length: 10 }, () => guard.failed('192.0.2.1', 0))
    expect(delays).toEqual([0, 0, 0, 0, 0, 250, 500, 1_000, 2_000, 4_000])
    expect([0, 29_999, 30_000].map((nowMs) => guard.isBanned('192.0.2.1', nowMs))).toEqual([true, true, false])
    expect(guard.isBanned('192.0.2.2', 0)).toBe(false)
  })

  it('forgives what is older than a minute', () => {
    const guard = new SourceGuard({ failuresPerMinute: 3, banMs: 30_000 })
    for (let failure = 0; failure < 9; failure++) guard.failed('192.0.2.1', failure * 40_000)
    expect(guard.isBanned('192.0.2.1', 320_000)).toBe(false)
  })

  it('never bans where the limit is off', () => {
    const guard = new SourceGuard({ failuresPerMinute: 0, banMs: 30_000 })
    const delays = Array.from({ length: 100 }, () => guard.failed('192.0.2.1', 0))
    expect([Math.max(...delays), guard.isBanned('192.0.2.1', 0)]).toEqual([0, false])
  })
})

describe('token buckets', () => {
  it('give a burst, then the rate, and never more than the burst at once', () => {
    const buckets = new TokenBuckets({ requestsPerSecond: 10, burst: 3 })
    const taken = (nowMs: number) => [1, 2, 3, 4, 5].filter(() => buckets.take('a', nowMs)).length
    expect([taken(0), taken(100), taken(300), taken(60_000)]).toEqual([3, 1, 2, 3])
  })

  it('are one for each key, and none at a rate of 0', () => {
    const buckets = new TokenBuckets({ requestsPerSecond: 1, burst: 1 })
    expect([buckets.take('a', 0), buckets.take('b', 0), buckets.take('a', 0)]).toEqual([true, true, false])
    const off = new TokenBuckets({ requestsPerSecond: 0, burst: 1 })
    expect([off.take('a', 0), off.take('a', 0)]).toEqual([true, true])
  })
})
