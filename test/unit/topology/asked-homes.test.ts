/**
 * Whose home a user has, found out by asking all homes: a yes settles it, nobody has what all deny, and a home that is
 * silent leaves it open (promise P3: a dead home's user is not called unknown).
 */
import { describe, expect, it } from 'vitest'
import type { Home } from '../../../src/ports/topology.ts'
import { TimerWheel } from '../../../src/runtime/index.ts'
import { AskedHomes } from '../../../src/topology/routing/asked-homes.ts'
import { aorOf } from '../../support/server-world.ts'

const bob = aorOf('bob')

function homing(homes: readonly string[], up: readonly string[] = homes, outdatedBelow = 0) {
  const clock = { nowMs: 0, monotonicMs: () => clock.nowMs, wallMs: () => clock.nowMs, systemMs: () => clock.nowMs }
  const timers = new TimerWheel(clock)
  const events: string[] = []
  const asked: string[] = []
  const rivals: string[] = []
  const asker = {
    homes: () => homes,
    ask: (server: string) => up.includes(server) && asked.push(server) > 0,
    isOutdated: (_: unknown, { epoch }: { epoch: number }) => epoch < outdatedBelow,
    onRivals: (_: unknown, ...claims: { server: string }[]) =>
      void rivals.push(claims.map(({ server }) => server).join()),
  }
  const log = { write: (_: string, event: string) => void events.push(event) }
  const advance = (ms: number) => {
    clock.nowMs += ms
    timers.advance(clock.nowMs)
  }
  return { asked, events, rivals, advance, homes: new AskedHomes(asker, { clock, timers, log }) }
}

function found(homes: AskedHomes): Home[] {
  const answers: Home[] = []
  homes.find(bob, (home) => answers.push(home))
  return answers
}

describe('a question', () => {
  it('is asked once for all who want to know, and answered in their order by the first yes', () => {
    const { homes, asked } = homing(['one', 'two'])
    const order: number[] = []
    homes.find(bob, () => order.push(1))
    homes.find(bob, () => order.push(2))
    expect(asked).toEqual(['one', 'two'])
    homes.onAnswer('one', bob, false, 1)
    expect(order).toEqual([])
    homes.onAnswer('two', bob, true, 1)
    expect(order).toEqual([1, 2])
    expect(found(homes)).toEqual([{ server: 'two' }])
    expect(asked).toHaveLength(2)
  })

  it('has the answer nobody only when all have denied, and asks anew after ten seconds', () => {
    const { homes, asked, advance } = homing(['one', 'two'])
    const first = found(homes)
    homes.onAnswer('one', bob, false, 1)
    homes.onAnswer('two', bob, false, 1)
    expect([first, found(homes)]).toEqual([['nobody'], ['nobody']])
    advance(10_001)
    found(homes)
    expect(asked).toHaveLength(4)
  })

  it('stays open while a home cannot be asked, is lost, or is silent', () => {
    const down = homing(['one', 'two'], ['one'])
    const first = found(down.homes)
    down.homes.onAnswer('one', bob, false, 1)
    const lost = homing(['one', 'two'])
    const second = found(lost.homes)
    lost.homes.onAnswer('one', bob, false, 1)
    lost.homes.onSilent('two', bob)
    const silent = homing(['one', 'two'])
    const third = found(silent.homes)
    silent.advance(3_001)
    expect([first, second, third]).toEqual([['unsure'], ['unsure'], ['unsure']])
  })
})

describe('two homes that claim one user', () => {
  it('are both refused and named in the log', () => {
    const { homes, events } = homing(['one', 'two'])
    found(homes)
    homes.onAnswer('one', bob, true, 1)
    homes.onAnswer('two', bob, true, 1)
    expect(events).toEqual(['topology.two-homes'])
    expect(found(homes)).toEqual(['unsure'])
  })

  it('are told apart by their epochs: the higher one is right, whoever answers first', () => {
    const { homes, events, rivals } = homing(['one', 'two'])
    found(homes)
    homes.onAnswer('one', bob, true, 1)
    homes.onAnswer('two', bob, true, 1001)
    expect(found(homes)).toEqual([{ server: 'two' }])
    expect([events, rivals]).toEqual([[], ['one,two']])
  })

  it('and one that a record of ours calls outdated is not believed, nor is its user nobody’s', () => {
    const { homes } = homing(['one', 'two'], ['one', 'two'], 5)
    const answers = found(homes)
    homes.onAnswer('one', bob, true, 4)
    homes.onAnswer('two', bob, false, 1)
    expect(answers).toEqual(['unsure'])
  })
})
