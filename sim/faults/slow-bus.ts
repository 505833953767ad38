/**
 * Batches between workers are late.
 */
import type { Fault } from './fault.ts'

export const slowBus: Fault = {
  name: 'slow-bus',
  share: 0.4,
  start(world, random) {
    world.weather.busMaxDelayMs = random.pick([10, 60, 300])
  },
}
