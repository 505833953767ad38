/**
 * RFC 7339: overload feedback in Via (§4), loss (§5.10), what an overloaded server asks for; and that links carry it:
 * what a peer was asked to keep it refuses itself, in order, until that expires.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseVia } from '../../../src/sip/message/via.ts'
import { feedbackWanted, readFeedback, viaWithFeedback } from '../../../src/topology/overload/feedback.ts'
import { intervalMs, LossControl, validityMs } from '../../../src/topology/overload/loss-control.ts'
import { LossFilter, type Rank, ranks } from '../../../src/topology/overload/loss-filter.ts'
import { rankOf } from '../../../src/topology/overload/rank-of.ts'

const asking = `SIP/2.0/TLS fe.example.test;branch=z9hG4bK1.2${feedbackWanted}`

/** From 0 to below 1, the same for each seed. */
function draws(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

describe('RFC 7339 §4: parameters of Via', () => {
  it('say what was asked for, and are read as they were written', () => {
    fc.assert(
      fc.property(
        fc.record({
          lossPercent: fc.integer({ min: 0, max: 100 }),
          validityMs: fc.integer({ min: 0, max: 60_000 }),
          sequence: fc.integer({ min: 0, max: 1e12 }).map((ms) => ms / 1_000),
        }),
        (feedback) => {
          const via = viaWithFeedback(asking, feedback)
          expect(readFeedback(parseVia(via!))).toEqual(feedback)
        },
      ),
    )
  })

  it('are written only for who asks', () => {
    const plain = 'SIP/2.0/TLS fe.example.test;branch=z9hG4bK1'
    expect(viaWithFeedback(plain, { lossPercent: 20, validityMs: 500, sequence: 1 })).toBeNull()
    expect(readFeedback(parseVia(plain))).toBeNull()
  })

  it('are no feedback as long as nobody has answered, or where they make no sense', () => {
    expect(readFeedback(parseVia(asking))).toBeNull()
    const said = (text: string) => readFeedback(parseVia(`SIP/2.0/TLS a.example;branch=z9hG4bK1;${text}`))
    expect(said('oc=20;oc-algo="loss";oc-validity=500;oc-seq=1282321615.782')).toEqual({
      lossPercent: 20,
      validityMs: 500,
      sequence: 1282321615.782,
    })
    // §4.3: 500 ms where nothing is said.
    expect(said('oc=7;oc-algo="loss";oc-seq=2')?.validityMs).toBe(500)
    for (const wrong of [
      'oc=101;oc-algo="loss";oc-seq=1',
      'oc=-1;oc-algo="loss";oc-seq=1',
      'oc=2e1;oc-algo="loss";oc-seq=1',
      'oc=20;oc-algo="rate";oc-seq=1',
      'oc=20;oc-seq=1',
      'oc=20;oc-algo="loss"',
      'oc=20;oc-algo="loss";oc-seq=x',
      'oc=20;oc-algo="loss";oc-validity=-3;oc-seq=1',
    ]) {
      expect(said(wrong), wrong).toBeNull()
    }
  })
})

describe('RFC 7339 §5.10: loss', () => {
  const told = (lossPercent: number, sequence = 1) => ({ lossPercent, validityMs: 1e9, sequence })

  it('the share that is refused is the one that was asked for, as far as there is anything to refuse', () => {
    const mixes = fc.tuple(fc.nat(10), fc.nat(10), fc.nat(10), fc.nat(10)).filter((mix) => mix.some((part) => part > 0))
    fc.assert(
      fc.property(mixes, fc.integer({ min: 0, max: 100 }), fc.nat(), (mix, lossPercent, seed) => {
        const random = draws(seed)
        const filter = new LossFilter(draws(seed + 1))
        filter.hear(told(lossPercent), 0)
        const total = mix.reduce((sum, part) => sum + part, 0)
        const pick = (): Rank => {
          const at = random() * total
          return ranks.find((_, index) => at < mix.slice(0, index + 1).reduce((sum, part) => sum + part, 0))!
        }
        const [seen, refused] = [new Map<Rank, number>(), new Map<Rank, number>()]
        const add = (counts: Map<Rank, number>, rank: Rank) => counts.set(rank, (counts.get(rank) ?? 0) + 1)
        const count = 6_000
        for (let each = 0; each < count; each++) {
          const rank = pick()
          add(seen, rank)
          if (filter.refuses(rank, each)) add(refused, rank)
        }
        const established = seen.get('established') ?? 0
        const all = [...refused.values()].reduce((sum, each) => sum + each, 0)
        const wanted = Math.min(lossPercent / 100, 1 - established / count)
        expect(Math.abs(all / count - wanted)).toBeLessThan(0.05)
        expect(refused.get('established') ?? 0).toBe(0)
        // Nothing of a kind goes while there is much left of one that is worth less.
        const share = (rank: Rank) => (refused.get(rank) ?? 0) / (seen.get(rank) ?? 1)
        for (const [index, rank] of ranks.entries()) {
          if (share(rank) < 0.1 || index === 0) continue
          for (const before of ranks.slice(0, index)) if (seen.has(before)) expect(share(before)).toBeGreaterThan(0.8)
        }
      }),
      { numRuns: 60, seed: 7_339 },
    )
  })

  it('the newest word counts, in whatever order words come (oc-seq)', () => {
    const words = fc.uniqueArray(fc.integer({ min: 1, max: 1_000 }), { minLength: 1, maxLength: 20 })
    fc.assert(
      fc.property(words, (sequences) => {
        const filter = new LossFilter(() => 0)
        for (const sequence of sequences) filter.hear(told(sequence % 101, sequence), 0)
        expect(filter.lossAt(1)).toBe((Math.max(...sequences) % 101) / 100)
      }),
    )
  })

  it('is over when its validity is, unless it was said again (oc-validity)', () => {
    const filter = new LossFilter(() => 0)
    filter.hear({ lossPercent: 50, validityMs: 500, sequence: 1 }, 1_000)
    expect(filter.refuses('sign-in', 1_499)).toBe(true)
    expect(filter.refuses('sign-in', 1_500)).toBe(false)
    filter.hear({ lossPercent: 50, validityMs: 500, sequence: 2 }, 1_600)
    expect(filter.refuses('sign-in', 2_000)).toBe(true)
    filter.hear({ lossPercent: 0, validityMs: 0, sequence: 3 }, 2_000)
    expect(filter.refuses('sign-in', 2_001)).toBe(false)
  })

  it('another start of that server counts from anew', () => {
    const filter = new LossFilter(() => 0)
    filter.hear(told(50, 9_000), 0)
    filter.forget()
    expect(filter.lossAt(1)).toBe(0)
    filter.hear(told(20, 1), 1)
    expect(filter.lossAt(2)).toBe(0.2)
  })
})

describe('what an overloaded server asks for', () => {
  function server(targetMs = 500) {
    const state = { nowMs: 0, delayMs: 0 }
    const control = new LossControl({
      pressure: { delayMs: () => state.delayMs },
      nowMs: () => state.nowMs,
      targetMs: () => targetMs,
    })
    return { state, control }
  }

  it('is nothing while it keeps up, or when it is told never to refuse', () => {
    for (const [target, delayMs] of [
      [500, 400],
      [0, 60_000],
    ] as const) {
      const { state, control } = server(target)
      Object.assign(state, { delayMs, nowMs: 10_000 })
      expect(control.feedback()).toMatchObject({ lossPercent: 0, validityMs: 0 })
    }
  })

  it('grows while it is behind, ends when it has caught up, and is numbered upwards', () => {
    const { state, control } = server()
    let last = control.feedback()
    const step = (delayMs: number) => {
      state.delayMs = delayMs
      state.nowMs += intervalMs
      const next = control.feedback()
      expect(next.sequence).toBeGreaterThan(last.sequence)
      const again = control.feedback()
      expect(again.lossPercent).toBe(next.lossPercent)
      expect(again.sequence).toBeGreaterThan(next.sequence)
      last = again
      return again
    }
    expect(step(1_000)).toMatchObject({ lossPercent: 50, validityMs })
    const worse = step(1_200).lossPercent
    expect(worse).toBeGreaterThan(70)
    // It catches up: what waits came before.
    expect(step(700).lossPercent).toBe(worse)
    for (let each = 0; each < 30; each++) step(60_000 + each)
    expect(last.lossPercent).toBe(98)
    for (let each = 0; each < 60; each++) step(0)
    expect(last).toMatchObject({ lossPercent: 0, validityMs: 0 })
  })

  it('settles where what is let in is what it can do, for any capacity and any load', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 50, max: 500 }),
        fc.integer({ min: 20, max: 2_000 }),
        fc.nat(),
        (can, load, seed) => {
          const { state, control } = server()
          const filter = new LossFilter(draws(seed))
          let [waiting, served] = [0, 0]
          const seconds = 120
          for (let ms = 0; ms < seconds * 1_000; ms += 10) {
            state.nowMs = ms
            for (let due = Math.floor((ms * load) / 1_000); due < Math.floor(((ms + 10) * load) / 1_000); due++) {
              if (!filter.refuses('message', ms)) waiting++
            }
            const does = Math.min(waiting, (can * 10) / 1_000)
            waiting -= does
            if (ms > 30_000) served += does
            state.delayMs = (waiting / can) * 1_000
            if (ms % 100 === 0) filter.hear(control.feedback(), ms)
          }
          expect(served / (seconds - 30)).toBeGreaterThan(0.85 * Math.min(can, load))
          expect(state.delayMs).toBeLessThan(5_000)
        },
      ),
      { numRuns: 15, seed: 7_339 },
    )
  })
})

describe('what a message is worth', () => {
  const rank = (message: object) => rankOf(message as Parameters<typeof rankOf>[0])
  const request = (method: string, more: object = {}) =>
    rank({ kind: 'request', request: { method, to: { tag: null } }, route: null, source: { identity: null }, ...more })

  it('sign-ins go first, then subscriptions, then messages; what is established stays', () => {
    expect(request('REGISTER')).toBe('sign-in')
    expect(request('REGISTER', { source: { identity: {} } })).toBe('message')
    expect([request('SUBSCRIBE'), request('PUBLISH')]).toEqual(['subscription', 'subscription'])
    expect([request('MESSAGE'), request('INVITE')]).toEqual(['message', 'message'])
    expect(request('SUBSCRIBE', { request: { method: 'SUBSCRIBE', to: { tag: 'a' } } })).toBe('established')
    expect(request('MESSAGE', { route: {} })).toBe('established')
    expect(rank({ kind: 'forward', request: { method: 'BYE' } })).toBe('established')
    expect(rank({ kind: 'deliver' })).toBe('message')
    for (const kind of ['watches', 'state', 'answer', 'outcome', 'flow-died']) expect(rank({ kind }), kind).toBeNull()
  })
})
