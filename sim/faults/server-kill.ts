/**
 * The whole server dies and forgets what was not flushed; it comes back later, perhaps with another number of workers.
 */
import type { Fault } from './fault.ts'

export const serverKill: Fault = {
  name: 'server-kill',
  share: 0.5,
  everyMs: 35_000,
  strike(world, random) {
    if (!world.server.isUp) return
    world.history.fault('server killed', world.events.nowMs)
    world.server.kill()
    world.events.after(random.between(200, 4_000), () => {
      if (!world.server.isUp) world.server.boot(random.between(1, 3))
    })
  },
}
