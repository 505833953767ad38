/**
 * A host for work that goes on in turns: its timers fire by hand, and what a unit changes is changed at its end.
 */
import type { BusMessage } from '../../../src/ports/bus.ts'
import type { TimerTarget } from '../../../src/ports/timers.ts'
import { type ShardHost, Unit } from '../../../src/shard/index.ts'

export function handTurned() {
  /** Each the next turn of something. */
  const turns: (() => void)[] = []
  const sent: BusMessage[] = []
  const timers = { set: (_: number, target: TimerTarget, kind: number) => turns.push(() => target.onTimer(kind)) }
  const run = (_: unknown, work: (unit: Unit) => void): boolean => {
    const unit = new Unit(0)
    work(unit)
    for (const change of unit.changes) change()
    sent.push(...unit.sends.map(({ message }) => message))
    for (const followUp of unit.followUps) followUp()
    return true
  }
  return { host: { worker: 0, timers, run } as unknown as ShardHost, turns, sent }
}
