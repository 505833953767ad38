/**
 * Users who may be in a directory: one question for all that waits for one of them, an end to the waiting, and no
 * question again for who is nobody.
 */
import { expect, test } from 'vitest'
import type { Bus, BusMessage } from '../../../src/ports/bus.ts'
import type { TimerTarget } from '../../../src/ports/timers.ts'
import { AwaitedUsers } from '../../../src/shard/awaited-users.ts'
import { aorOf } from '../../support/played-messages.ts'
import { epoch } from '../runtime/bus-messages.ts'

function rig() {
  const asked: number[] = []
  const handled: BusMessage[] = []
  const timers: TimerTarget[] = []
  const clock = { nowMs: 0, monotonicMs: () => clock.nowMs, wallMs: () => 0, systemMs: () => 0 }
  const bus: Bus = {
    worker: 0,
    incarnation: 1,
    workersCount: 1,
    send: (_, message) => message.kind === 'directory-ask' && asked.push(message.from.number) > 0,
  }
  const set = (_: number, target: TimerTarget) => ({ target: timers[timers.push(target) - 1]! })
  const awaited = new AwaitedUsers({ clock, bus, timers: { set, cancel: () => {} } }, (message) => {
    handled.push(message)
  })
  const answer = (outcome: 'found' | 'nobody' | 'unsure', number = asked.at(-1)!) =>
    awaited.onAnswer({
      kind: 'directory-answer',
      to: { worker: 0, incarnation: 1, half: 'shard', number },
      aor: aorOf('dora'),
      outcome,
      mainAor: null,
    })
  return { awaited, asked, handled, timers, clock, answer }
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
  const { awaited, asked, clock, answer } = rig()
  awaited.takes(epoch(1), aorOf('dora'))
  answer('unsure')
  awaited.takes(epoch(1), aorOf('dora'))
  answer('nobody')
  expect(awaited.takes(epoch(1), aorOf('dora'))).toBe(false)
  clock.nowMs += 10_001
  expect(awaited.takes(epoch(1), aorOf('dora'))).toBe(true)
  expect(asked).toHaveLength(3)
})

test('an answer that does not come ends the waiting, and a flood of names is not asked', () => {
  const { awaited, handled, timers } = rig()
  awaited.takes(epoch(1), aorOf('dora'))
  timers[0]!.onTimer(0)
  expect(handled).toHaveLength(1)
  const taken = Array.from({ length: 300 }, (_, index) => awaited.takes(epoch(1), aorOf(`n${index}`)))
  expect(taken.filter(Boolean)).toHaveLength(256)
})
