/**
 * RFC 6446 §6: `adaptive-min-rate` is the rate over time, NOTIFYs with news counted: after many we are silent for
 * longer, after few the state is repeated sooner.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AdaptiveRate } from '../../../src/events/adaptive-rate.ts'
import { HeaderId } from '../../../src/sip/message/header-id.ts'
import { ServerWorld } from '../../support/server-world.ts'
import { entityTag, pidf, publish, refresh, subscribe } from '../../support/watching.ts'
import { WireClient } from '../../support/wire-client.ts'

async function people() {
  const world = await ServerWorld.start()
  const [alice, bob] = [new WireClient(world, 'alice'), new WireClient(world, 'bob')]
  for (const client of [alice, bob]) client.register()
  const count = () => alice.requests('NOTIFY').length
  const during = (ms: number): number => {
    const before = count()
    world.advance(ms)
    return count() - before
  }
  /** News every `everyMs`; returns how many NOTIFYs came. */
  const news = (many: number, everyMs: number): number => {
    const before = count()
    let tag: string | null = null
    for (let each = 0; each < many; each++) {
      const answer = publish(bob, pidf('bob', `${everyMs} ${each}`), tag === null ? [] : [['SIP-If-Match', tag]])
      expect(answer.statusCode).toBe(200)
      tag = entityTag(answer)
      world.advance(everyMs)
    }
    return count() - before
  }
  return { world, alice, during, news }
}

const minuteMs = 60_000

describe('RFC 6446 §6.4: the timeout', () => {
  it('is count / (rate² · period)', () => {
    const rate = new AdaptiveRate(10_000)
    for (const [nowMs, timeoutMs] of [
      [0, 1_000],
      [1_000, 2_000],
      [3_000, 3_000],
    ] as const) {
      rate.sent(nowMs)
      expect(rate.timeoutMs(nowMs)).toBe(timeoutMs)
    }
    // 0.1 a second over the period of 100 s: at that rate it is the 10 s that were asked for.
    for (let count = 4; count <= 10; count++) rate.sent(count * 10_000 - 9_000)
    expect(rate.timeoutMs(91_000)).toBe(10_000)
  })

  it('of what lies before the period nothing is counted', () => {
    const rate = new AdaptiveRate(1_000)
    for (let count = 0; count < 50; count++) rate.sent(500)
    expect(rate.timeoutMs(500)).toBe(5_000)
    expect(rate.timeoutMs(9_999)).toBe(5_000)
    expect(rate.timeoutMs(10_000)).toBe(0)
    expect(rate.timeoutMs(1e9)).toBe(0)
  })

  it('keeps the mean rate where nothing else is told, whatever the rate', () => {
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 100_000 }), (gapMs) => {
        const rate = new AdaptiveRate(gapMs)
        let count = 0
        for (let nowMs = 0; nowMs < 200 * gapMs; count++) {
          rate.sent(nowMs)
          nowMs += Math.max(1, rate.timeoutMs(nowMs))
        }
        expect(count).toBeGreaterThan(160)
        expect(count).toBeLessThan(240)
      }),
    )
  })
})

describe('RFC 6446 §6.2: a notifier', () => {
  it('repeats the state at that rate when nothing changes, and says the rate', async () => {
    const { alice, during } = await people()
    subscribe(alice, 'bob', { event: 'presence;adaptive-min-rate=0.1', expires: 7200 })
    during(10 * minuteMs)
    const repeats = during(10 * minuteMs)
    expect(repeats).toBeGreaterThanOrEqual(50)
    expect(repeats).toBeLessThanOrEqual(70)
    const state = alice.requests('NOTIFY').at(-1)!.first(HeaderId.subscriptionState)
    expect(state).toMatch(/^active;expires=\d+;adaptive-min-rate=0.1$/)
  })

  it('is silent for longer after much news, and repeats nothing while there is more than was asked for', async () => {
    const silentMs = async (event: string) => {
      const { alice, during, news } = await people()
      subscribe(alice, 'bob', { event, expires: 7200 })
      during(5 * minuteMs)
      expect(news(60, 5_000)).toBeLessThanOrEqual(62)
      for (let ms = 0; ms < 5 * minuteMs; ms += 500) if (during(500) > 0) return ms
      return Number.POSITIVE_INFINITY
    }
    const [adaptiveMs, fixedMs] = [
      await silentMs('presence;adaptive-min-rate=0.1'),
      await silentMs('presence;min-rate=0.1'),
    ]
    // Behind the last news and its five seconds. Twenty in the period make the adaptive rate wait for 20 s.
    expect(fixedMs).toBeLessThanOrEqual(5_000)
    expect(adaptiveMs).toBeGreaterThan(12_000)
    expect(adaptiveMs).toBeLessThan(18_000)
  })

  it('§6.4, equation 2: never passes max-rate', async () => {
    const { alice, during } = await people()
    subscribe(alice, 'bob', { event: 'presence;adaptive-min-rate=1;max-rate=0.1', expires: 7200 })
    expect(during(10 * minuteMs)).toBeLessThanOrEqual(60)
    expect(alice.requests('NOTIFY').at(-1)!.first(HeaderId.subscriptionState)).toContain(
      ';max-rate=0.1;adaptive-min-rate=0.1',
    )
  })

  it('§6.4, equation 3: and is never silent for longer than min-rate allows', async () => {
    const { world, alice, news } = await people()
    subscribe(alice, 'bob', { event: 'presence;adaptive-min-rate=0.1;min-rate=0.05', expires: 7200 })
    // So much news that the adaptive rate alone would be silent for half a minute.
    news(40, 3_000)
    const before = alice.requests('NOTIFY').length
    world.advance(17_500)
    expect(alice.requests('NOTIFY').length).toBe(before + 1)
  })

  it('§6.1: a refresh without it ends it', async () => {
    const { alice, during } = await people()
    const made = subscribe(alice, 'bob', { event: 'presence;adaptive-min-rate=0.1', expires: 7200 })
    expect(during(10 * minuteMs)).toBeGreaterThan(40)
    refresh(alice, made, { event: 'presence', expires: 7200 })
    // The NOTIFY of the refresh itself may wait for a moment.
    during(1_000)
    expect(during(10 * minuteMs)).toBe(0)
  })

  it('keeps it over a restart', async () => {
    const { world, alice } = await people()
    subscribe(alice, 'bob', { event: 'presence;adaptive-min-rate=0.1', expires: 7200 })
    const next = await world.restart()
    const back = new WireClient(next, 'alice', { instance: alice.instance, port: alice.port })
    back.register()
    next.advance(10 * minuteMs)
    expect(back.requests('NOTIFY').length).toBeGreaterThan(40)
  })
})
