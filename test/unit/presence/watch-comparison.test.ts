/**
 * Both ends of the watches compare what they have (RFC 6665 §4.2.2): in parts where there are many, so that no turn is
 * long; what differs in several parts is named again once.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { WatchCheckMessage } from '../../../src/ports/presence-bus.ts'
import { WatchComparison } from '../../../src/presence/watching/watch-comparison.ts'
import { isInPart, type Part, watchHash } from '../../../src/presence/watching/watch-hash.ts'
import type { ShardHost } from '../../../src/shard/index.ts'
import type { Aor } from '../../../src/sip/uri/aor.ts'
import { handTurned } from './hand-turned.ts'

const betweenMs = 300_000
const there = 1

/** Who is watched, each by so many. */
class End {
  readonly watched: Map<Aor, number>
  /** Watches that were summed up in each call. */
  readonly summed: number[] = []

  constructor(watched: ReadonlyMap<Aor, number>) {
    this.watched = new Map(watched)
  }

  get pairsCount(): number {
    return [...this.watched.values()].reduce((sum, each) => sum + each, 0)
  }

  sumOf(_worker: number, part: Part): { count: number; hash: number } {
    let [count, hash] = [0, 0]
    for (const [aor, watchers] of this.watched) {
      if (!isInPart(aor, part)) continue
      for (let number = 0; number < watchers; number++) {
        count++
        hash = (hash + watchHash(aor, `w${number}@example.test` as Aor, 'allow')) >>> 0
      }
    }
    this.summed.push(count)
    return { count, hash }
  }
}

function comparing(usersCount: number, watchersOfEach: number) {
  const aors = Array.from({ length: usersCount }, (_, number) => `sip:user${number}@example.test` as Aor)
  const all = new Map(aors.map((aor) => [aor, watchersOfEach]))
  const [watches, presentities] = [new End(all), new End(all)]
  const { host, turns, sent } = handTurned()
  let [repairs, nowMs] = [0, 0]
  const clock = { monotonicMs: () => nowMs }
  const whole = { ...host, everyShard: () => [there], clock } as unknown as ShardHost
  const onRepair = () => void repairs++
  const under = new WatchComparison({ host: whole, watches, presentities, onRepair, betweenMs })
  const compare = () => {
    const from = sent.length
    under.begin()
    while (turns.length > 0) turns.shift()!()
    const checks = sent.slice(from).filter((each): each is WatchCheckMessage => each.kind === 'watch-check')
    for (const check of checks) {
      host.run({ who: '', what: '', hash: '' }, (unit) => under.onCheck(unit, { ...check, worker: there }))
    }
    return { checks, asked: sent.slice(from).filter(({ kind }) => kind === 'name-again').length }
  }
  const wait = (ms: number) => {
    nowMs += ms
  }
  return { aors, watches, presentities, compare, wait, repairs: () => repairs }
}

describe('the comparison of watches', () => {
  it('of few is one message', () => {
    const { compare } = comparing(20, 10)
    expect(compare()).toMatchObject({ checks: [{ count: 200, part: 0, parts: 1 }], asked: 0 })
  })

  it('of 100,000 is made in parts of some thousand, and says of each watch once', () => {
    const { compare, watches, repairs } = comparing(2_000, 50)
    const { checks, asked } = compare()
    expect([checks.length, asked, repairs()]).toEqual([20, 0, 0])
    expect(checks.reduce((sum, { count }) => sum + count, 0)).toBe(100_000)
    expect(Math.max(...watches.summed)).toBeLessThan(10_000)
  })

  it('finds one watch that the other end does not have, in whichever part', () => {
    const { compare, presentities, aors, wait } = comparing(200, 100)
    for (const aor of aors.slice(0, 5)) {
      presentities.watched.set(aor, 99)
      expect(compare().asked).toBe(1)
      presentities.watched.set(aor, 100)
      wait(2 * betweenMs)
      expect(compare().asked).toBe(0)
    }
  })

  it('asks once where several parts differ, and again in the next comparison', () => {
    const { compare, presentities, aors, wait, repairs } = comparing(200, 100)
    for (const aor of aors) presentities.watched.set(aor, 99)
    expect(compare().asked).toBe(1)
    wait(2 * betweenMs)
    expect([compare().asked, repairs()]).toEqual([1, 2])
  })

  it('takes each presentity into one part', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 1, max: 1_000 }), (name, parts) => {
        const found = Array.from({ length: parts }, (_, part) => part).filter((part) =>
          isInPart(`sip:${name}@example.test` as Aor, { part, parts }),
        )
        expect(found).toHaveLength(1)
      }),
    )
  })
})
