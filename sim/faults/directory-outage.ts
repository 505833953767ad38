/**
 * No catalog of the directory answers, or not in time, or not truly: who is no account yet cannot become one for a
 * while, and everybody else notices nothing.
 */
import { outageKinds } from '../world/virtual-directory.ts'
import type { Fault } from './fault.ts'

export const directoryOutage: Fault = {
  name: 'directory-outage',
  share: 0.3,
  everyMs: 40_000,
  // Already there when the first users sign in, half of the time: later everybody is known.
  start(world, random) {
    if (random.chance(0.5)) world.directory?.fail(random.pick(outageKinds), random.between(1_000, 30_000))
  },
  strike(world, random) {
    const kind = random.pick(outageKinds)
    world.history.trace(world.events.nowMs, `the directory is ${kind}`)
    world.directory?.fail(kind, random.between(1_000, 30_000))
  },
}
