/**
 * Users who may be in a directory: one question for all that waits for one of them, an end to the waiting, and no
 * question again for who is nobody.
 */
import { describe, expect, test } from 'vitest'
import type { Bus, BusMessage } from '../../../src/ports/bus.ts'
import type { WatchesMessage } from '../../../src/ports/presence-bus.ts'
import type { TimerTarget } from '../../../src/ports/timers.ts'
import { AwaitedUsers } from '../../../src/shard/awaited-users.ts'
import type { Aor } from '../../../src/sip/uri/aor.ts'
import { aorOf } from '../../support/played-messages.ts'
import { epoch, everyKind } from '../runtime/bus-messages.ts'

function rig(elsewhere: object | null = null) {
  const asked: number[] = []
  const handled: BusMessage[] = []
  const unsure: BusMessage[] = []
  const timers: TimerTarget[] = []
  const clock = { nowMs: 0, monotonicMs: () => clock.nowMs, wallMs: () => 0, systemMs: () => 0 }
  const bus: Bus = {
    worker: 0,
    incarnation: 1,
    workersCount: 1,
    send: (_, message) => message.kind === 'directory-ask' && asked.push(message.from.number) > 0,
  }
  const set = (_: number, target: TimerTarget) => ({ target: timers[timers.push(target) - 1]! })
  const known = new Set<Aor>([aorOf('emil')])
  const awaited = new AwaitedUsers(
    { clock, bus, timers: { set, cancel: () => {} }, elsewhere },
    {
      handle: (message, isSure) => {
        handled.push(message)
        if (!isSure) unsure.push(message)
      },
      knows: (aor) => known.has(aor),
    },
  )
  const answer = (outcome: 'found' | 'nobody' | 'unsure', number = asked.at(-1)!) =>
    awaited.onAnswer({
      kind: 'directory-answer',
      to: { worker: 0, incarnation: 1, half: 'shard', number },
      aor: aorOf('dora'),
      outcome,
      mainAor: null,
    })
  return { awaited, asked, handled, unsure, timers, clock, answer, known }
}

test('all that is for one user waits for one answer, in order', () => {
  const { awaited, asked, handled, answer } = rig()
  const messages = [epoch(1), epoch(2)]
  for (const message of messages) expect(awaited.takes(message, aorOf('dora'))).toBe(true)
  expect([asked.length, handled]).toEqual([1, []])
  answer('found', 99)
  expect(handled).toEqual([])
  answer('found')
  expect(handled).toEqual(messages)
})

test('who is nobody is not asked for again at once, who could not be looked up is', () => {
  const { awaited, asked, clock, answer, handled, unsure } = rig()
  awaited.takes(epoch(1), aorOf('dora'))
  answer('unsure')
  awaited.takes(epoch(2), aorOf('dora'))
  answer('nobody')
  expect([handled, unsure]).toEqual([[epoch(1), epoch(2)], [epoch(1)]])
  expect(awaited.takes(epoch(1), aorOf('dora'))).toBe(false)
  clock.nowMs += 10_001
  expect(awaited.takes(epoch(1), aorOf('dora'))).toBe(true)
  expect(asked).toHaveLength(3)
})

test('an answer that does not come ends the waiting, and a flood of names is not asked: of neither is it sure', () => {
  const { awaited, asked, handled, unsure, timers } = rig()
  awaited.takes(epoch(1), aorOf('dora'))
  timers[0]!.onTimer(0)
  expect(handled).toHaveLength(1)
  const taken = Array.from({ length: 300 }, (_, index) => awaited.takes(epoch(1), aorOf(`n${index}`)))
  expect(taken.every(Boolean)).toBe(true)
  expect([asked.length, handled.length, unsure.length]).toEqual([1 + 256, 1 + 44, 1 + 44])
})

describe('watches', () => {
  const [dora, emil] = [aorOf('dora'), aorOf('emil')]
  const { watcher } = everyKind.watches as WatchesMessage
  const watches = (names: readonly Aor[], number: number, isWanted = true): WatchesMessage => ({
    ...(everyKind.watches as WatchesMessage),
    isWanted,
    number,
    entries: names.map((presentity) => ({ presentity, known: null })),
  })
  const named = (message: BusMessage) => {
    const { entries, number, isWanted } = message as WatchesMessage
    return [entries.map(({ presentity }) => presentity), number, isWanted]
  }

  test('of whom nobody knows wait for one question, those of others go on', () => {
    const { awaited, asked, handled, answer } = rig()
    expect(named(awaited.takesWatches(watches([dora, emil], 5))!)).toEqual([[emil], 5, true])
    expect(awaited.takesWatches(watches([dora], 6))).toBeNull()
    expect([asked.length, handled]).toEqual([1, []])
    answer('found')
    expect(handled.map(named)).toEqual([
      [[dora], 6, true],
      [[dora], 6, true],
    ])
  })

  test('an end asks for nobody, and waits behind the beginning, also when the account is there already', () => {
    const { awaited, asked, handled, answer, known } = rig()
    const ended = watches([dora], 4, false)
    expect(awaited.takesWatches(ended)).toBe(ended)
    expect(asked).toEqual([])
    awaited.takesWatches(watches([dora], 5))
    known.add(dora)
    expect(awaited.takesWatches(watches([dora], 6, false))).toBeNull()
    answer('found')
    expect(handled.map((each) => (each as WatchesMessage).isWanted)).toEqual([true, false])
  })

  test('when they are let go, nothing that was named meanwhile is unheard again', () => {
    const { awaited, handled, answer } = rig()
    awaited.takesWatches(watches([dora], 5))
    const later = watches([emil], 9)
    expect(awaited.takesWatches(later)).toBe(later)
    answer('nobody')
    expect(handled.map(named)).toEqual([[[dora], 9, true]])
  })

  test('of whom the directory could not look up wait on, and only the last word of each watcher', () => {
    const { awaited, asked, handled, timers, answer } = rig()
    const bob = { ...watches([dora], 6), watcher: aorOf('bob') }
    awaited.takesWatches(watches([dora], 5))
    awaited.takes(epoch(1), dora)
    answer('unsure')
    expect(handled).toEqual([epoch(1)])
    expect(awaited.takesWatches(bob)).toBeNull()
    expect(awaited.takesWatches(watches([dora], 7, false))).toBeNull()
    timers.at(-1)!.onTimer(0)
    expect([asked.length, handled.length]).toEqual([2, 1])
    answer('found')
    expect(handled.slice(1).map((each) => [(each as WatchesMessage).watcher, ...named(each).slice(1)])).toEqual([
      [aorOf('bob'), 7, true],
      [watcher, 7, false],
    ])
  })

  test('wait no longer than until the account is there, and not where another server may be his home', () => {
    const { awaited, asked, handled, timers, answer, known } = rig()
    awaited.takesWatches(watches([dora], 5))
    answer('unsure')
    known.add(dora)
    timers.at(-1)!.onTimer(0)
    expect([asked.length, handled.map(named)]).toEqual([1, [[[dora], 5, true]]])
    const among = rig({})
    among.awaited.takesWatches(watches([dora], 5))
    among.answer('unsure')
    expect(among.handled.map(named)).toEqual([[[dora], 5, true]])
  })

  test('leave room for those who sign in', () => {
    const { awaited, asked } = rig()
    const many = Array.from({ length: 300 }, (_, index) => aorOf(`n${index}`))
    expect(awaited.takesWatches(watches(many, 5))!.entries).toHaveLength(300 - 128)
    expect(awaited.takes(epoch(1), dora)).toBe(true)
    expect(asked).toHaveLength(129)
  })
})
