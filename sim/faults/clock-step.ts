/**
 * Somebody sets the machine's clock, forwards or back.
 */
import type { Fault } from './fault.ts'

export const clockStep: Fault = {
  name: 'clock-step',
  share: 0.3,
  everyMs: 30_000,
  strike(world, random) {
    const byMs = random.pick([-3_600_000, -20_000, -1_500, 1_500, 20_000])
    world.history.trace(world.events.nowMs, `clock set by ${byMs} ms`)
    world.history.clockStepsMs.push(byMs)
    world.system.step(byMs)
  },
}
