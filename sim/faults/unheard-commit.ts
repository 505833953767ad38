/**
 * Power is lost between a commit and the word of it: what waited is on disk, and nobody was told.
 */
import type { Fault } from './fault.ts'

export const unheardCommit: Fault = {
  name: 'unheard-commit',
  share: 0.3,
  everyMs: 45_000,
  strike(world, random) {
    if (!world.server.isUp) return
    world.history.fault('server killed', world.events.nowMs)
    world.server.kill({ isCommitted: true })
    world.events.after(random.between(200, 4_000), () => {
      if (!world.server.isUp) world.server.boot(random.between(1, 3))
    })
  },
}
