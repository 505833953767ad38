/**
 * A shard that begins anew names all of its watches: what it has not named is removed behind its end, some at a time,
 * and nothing of it while it names them once more (ARCHITECTURE, soft state of watches).
 */
import { describe, expect, it } from 'vitest'
import { NamingRounds, verdictIn, withVerdict } from '../../../src/presence/watching/naming-rounds.ts'
import { handTurned } from './hand-turned.ts'

const place = 1

function rounds() {
  const { host, turns } = handTurned()
  const removed: number[] = []
  const naming = new NamingRounds<number>(host, (presentity) => removed.push(presentity))
  return { naming, turns, removed }
}

describe('rounds of naming', () => {
  it('only what was named since the last begin is named, whatever is judged meanwhile', () => {
    const { naming } = rounds()
    const before = naming.named('allow', place)
    naming.begin(place)
    const judged = withVerdict(before, 'block')
    const after = naming.named('allow', place)
    expect([before, judged, after].map((byte) => naming.isNamed(byte, place))).toEqual([false, false, true])
    expect([before, judged, after].map(verdictIn)).toEqual(['allow', 'block', 'allow'])
    expect(naming.isNamed(before, 2)).toBe(true)
  })

  it('every verdict is kept in every round', () => {
    const { naming } = rounds()
    for (let round = 0; round < 40; round++) {
      naming.begin(place)
      for (const verdict of ['asked', 'allow', 'confirm', 'polite-block', 'block', 'unknown'] as const) {
        const byte = naming.named(verdict, place)
        expect([byte < 256, verdictIn(byte), naming.isNamed(byte, place)]).toEqual([true, verdict, true])
      }
    }
  })

  it('250 are looked at in three turns, and a new begin leaves the rest to its own end', () => {
    const { naming, turns, removed } = rounds()
    const all = Array.from({ length: 250 }, (_, at) => at)
    naming.begin(place)
    naming.end(place, all)
    expect([removed.length, turns.length]).toEqual([100, 1])
    turns.shift()!()
    turns.shift()!()
    expect([removed, turns.length]).toEqual([all, 0])
    naming.end(place, all)
    naming.begin(place)
    turns.shift()!()
    expect([removed.length, turns.length]).toEqual([350, 0])
  })
})
