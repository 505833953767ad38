/**
 * A worker ends: between two events, or in the midst of a turn, between two messages of the bus.
 */
import type { Fault } from './fault.ts'

export const workerCrash: Fault = {
  name: 'worker-crash',
  share: 0.5,
  everyMs: 25_000,
  strike(world, random) {
    const { workers } = world.server
    if (workers.length === 0) return
    const worker = random.pick(workers)
    if (random.chance(0.5)) {
      worker.endAfterMessages = random.below(6)
      return
    }
    world.history.fault(`worker ${worker.place.worker} ends`, world.events.nowMs)
    world.server.endWorker(worker)
  },
}
