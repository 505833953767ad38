/**
 * The disk has no room: every batch is refused until somebody makes some.
 */
import type { Fault } from './fault.ts'

export const diskFull: Fault = {
  name: 'disk-full',
  share: 0.2,
  everyMs: 40_000,
  strike(world, random) {
    world.disk.isFull = true
    world.events.after(random.between(500, 8_000), () => {
      world.disk.isFull = false
    })
  },
}
