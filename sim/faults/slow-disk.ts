/**
 * Flushes take long: up to most of a second.
 */
import type { Fault } from './fault.ts'

export const slowDisk: Fault = {
  name: 'slow-disk',
  share: 0.4,
  start(world, random) {
    world.weather.flushMaxDelayMs = random.pick([50, 200, 800])
  },
}
