/**
 * What the seed draws of a run of presence: how large the world is, which faults it has, how its people behave.
 */
import { allFaults } from '../faults/all-faults.ts'
import type { Fault } from '../faults/fault.ts'
import { Manners } from '../model/manners.ts'
import type { Prng } from '../world/prng.ts'
import { lostWatches } from './lost-watches.ts'
import { WatcherManners } from './manners.ts'

export interface PresenceSwarm {
  readonly workersCount: number
  readonly usersCount: number
  readonly safetyMs: number
  readonly faults: readonly Fault[]
  readonly manners: Manners
  readonly watcherManners: WatcherManners
  readonly actEveryMs: number
  /** Null: policy stays as it is. */
  readonly policyEveryMs: number | null
  /** The liveness phase begins with a restart of the server. */
  readonly endsWithRestart: boolean
  /** When all is settled a worker ends once more, and all must settle again. */
  readonly losesWorkerLast: boolean
}

export function drawPresenceSwarm(random: Prng): PresenceSwarm {
  const manners = new Manners()
  // After a restart nobody is there before he has registered again, and by UDP he does not know that he should.
  manners.expiresSeconds = random.pick([20, 60])
  const watcherManners = new WatcherManners()
  watcherManners.subscriptionSeconds = random.pick([20, 60])
  watcherManners.publicationSeconds = random.pick([20, 60])
  if (random.chance(0.5)) {
    watcherManners.unknown = random.pick([0, 0.05])
    watcherManners.silent = random.pick([0, 0.05])
    watcherManners.slow = random.pick([0, 0.1])
  }
  return {
    workersCount: random.between(1, 3),
    usersCount: random.between(2, 3),
    safetyMs: random.pick([20_000, 40_000]),
    faults: [...allFaults, lostWatches].filter((fault) => random.chance(fault.share)),
    manners,
    watcherManners,
    actEveryMs: random.pick([2_000, 4_000]),
    policyEveryMs: random.chance(0.6) ? random.pick([2_000, 6_000]) : null,
    endsWithRestart: random.chance(0.3),
    losesWorkerLast: random.chance(0.5),
  }
}
