/**
 * The watches at a place that begins anew are named between *begin* and *end*, some in each turn; a place that begins
 * once more meanwhile gets no *end* of the naming before (ARCHITECTURE, soft state of watches).
 */
import { describe, expect, it } from 'vitest'
import { NamingTurns, type WatchesOf } from '../../../src/presence/watching/naming-turns.ts'
import { handTurned } from './hand-turned.ts'

const place = 1

function naming() {
  const { host, turns, sent } = handTurned()
  const said = () => sent.map((message) => (message.kind === 'naming' ? message.phase : message.kind))
  const named: number[] = []
  let waiting: (() => void) | null = null
  let isWaiting = false
  const under = new NamingTurns<string>(
    host,
    (_, [watcher]) => named.push(watcher),
    (_, act) => {
      if (isWaiting) waiting = act
      return isWaiting
    },
  )
  const waitFrom = () => {
    isWaiting = true
  }
  const goOn = () => {
    isWaiting = false
    waiting?.()
  }
  const begin = (count: number) => {
    const all = Array.from({ length: count }, (_, watcher): WatchesOf<string> => [watcher, ['bob']])
    host.run({ who: '', what: '', hash: '' }, (unit) => under.begin(unit, place, all))
  }
  return { turns, said, named, begin, waitFrom, goOn }
}

describe('naming in turns', () => {
  it('few are named at once, between begin and end', () => {
    const { begin, said, named, turns } = naming()
    begin(200)
    expect([named.length, said(), turns.length]).toEqual([200, ['begin', 'end'], 0])
  })

  it('450 are named in three turns, each once', () => {
    const { begin, said, named, turns } = naming()
    begin(450)
    expect([named.length, said()]).toEqual([200, ['begin']])
    while (turns.length > 0) turns.shift()!()
    expect(said()).toEqual(['begin', 'end'])
    expect(named).toEqual(Array.from({ length: 450 }, (_, watcher) => watcher))
  })

  it('one that is begun anew goes on alone', () => {
    const { begin, said, named, turns } = naming()
    begin(450)
    begin(300)
    while (turns.length > 0) turns.shift()!()
    expect(said()).toEqual(['begin', 'begin', 'end'])
    expect(named).toHaveLength(200 + 300)
  })

  it('says that it is all only when those are named who could not be before', () => {
    const { begin, said, waitFrom, goOn } = naming()
    waitFrom()
    begin(10)
    expect(said()).toEqual(['begin'])
    goOn()
    expect(said()).toEqual(['begin', 'end'])
  })
})
