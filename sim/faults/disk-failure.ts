/**
 * A batch is refused (disk nearly full) or its commit breaks.
 */
import type { Fault } from './fault.ts'

export const diskFailure: Fault = {
  name: 'disk-failure',
  share: 0.4,
  everyMs: 8_000,
  strike(world, random) {
    const reason = random.chance(0.5) ? 'refused' : 'failed'
    world.history.fault(`disk ${reason}`, world.events.nowMs)
    world.disk.failNext(reason)
  },
}
