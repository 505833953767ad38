/**
 * The watches at a place that begins anew are named between *begin* and *end*, some in each turn; a place that begins
 * once more meanwhile gets no *end* of the naming before (ARCHITECTURE, soft state of watches).
 */
import { describe, expect, it } from 'vitest'
import { NamingTurns, type WatchesOf } from '../../../src/presence/watching/naming-turns.ts'
import { type ShardHost, Unit } from '../../../src/shard/index.ts'

const place = 1

function naming() {
  const turns: (() => void)[] = []
  const said: string[] = []
  const run = (_: unknown, work: (unit: Unit) => void): boolean => {
    const unit = new Unit(0)
    work(unit)
    for (const change of unit.changes) change()
    said.push(...unit.sends.map(({ message }) => (message.kind === 'naming' ? message.phase : message.kind)))
    return true
  }
  const timers = { set: (_: number, target: { onTimer(): void }) => turns.push(() => target.onTimer()) }
  const host = { worker: 0, timers, run } as unknown as ShardHost
  const named: number[] = []
  const under = new NamingTurns<string>(host, (_, [watcher]) => named.push(watcher))
  const begin = (count: number) => {
    const all = Array.from({ length: count }, (_, watcher): WatchesOf<string> => [watcher, ['bob']])
    run(null, (unit) => under.begin(unit, place, all))
  }
  return { turns, said, named, begin }
}

describe('naming in turns', () => {
  it('few are named at once, between begin and end', () => {
    const { begin, said, named, turns } = naming()
    begin(200)
    expect([named.length, said, turns.length]).toEqual([200, ['begin', 'end'], 0])
  })

  it('450 are named in three turns, each once', () => {
    const { begin, said, named, turns } = naming()
    begin(450)
    expect([named.length, said]).toEqual([200, ['begin']])
    while (turns.length > 0) turns.shift()!()
    expect(said).toEqual(['begin', 'end'])
    expect(named).toEqual(Array.from({ length: 450 }, (_, watcher) => watcher))
  })

  it('one that is begun anew goes on alone', () => {
    const { begin, said, named, turns } = naming()
    begin(450)
    begin(300)
    while (turns.length > 0) turns.shift()!()
    expect(said).toEqual(['begin', 'begin', 'end'])
    expect(named).toHaveLength(200 + 300)
  })
})
