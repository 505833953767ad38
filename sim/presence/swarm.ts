/**
 * What the seed draws of a run of presence: how large the world is, which faults it has, how its people behave.
 */
import { allFaults } from '../faults/all-faults.ts'
import type { Fault } from '../faults/fault.ts'
import { serverKill } from '../faults/server-kill.ts'
import { workerCrash } from '../faults/worker-crash.ts'
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
  /** Null: nobody has a list. */
  readonly listsEveryMs: number | null
  /** The liveness phase begins with a restart of the server. */
  readonly endsWithRestart: boolean
  /** When all is settled a worker is gone for a minute. */
  readonly missesWorker: boolean
  /** When all is settled a worker ends once more, and all must settle again. */
  readonly losesWorkerLast: boolean
  /** Some devices are told who watches their user (RFC 3857). */
  readonly looksAtWatchers: boolean
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
  const drawn = [...allFaults, lostWatches].filter((fault) => random.chance(fault.share))
  // What the bus has lost is named again when a worker starts: half of these runs have nobody start.
  const isMendedByCheckOnly = drawn.includes(lostWatches) && random.chance(0.5)
  const mending: readonly Fault[] = [workerCrash, serverKill]
  return {
    workersCount: random.between(isMendedByCheckOnly ? 2 : 1, 3),
    usersCount: random.between(isMendedByCheckOnly ? 3 : 2, 3),
    safetyMs: random.pick([20_000, 40_000]),
    faults: isMendedByCheckOnly ? drawn.filter((fault) => !mending.includes(fault)) : drawn,
    manners,
    watcherManners,
    actEveryMs: random.pick([2_000, 4_000]),
    policyEveryMs: random.chance(0.6) ? random.pick([2_000, 6_000]) : null,
    endsWithRestart: random.chance(0.3) && !isMendedByCheckOnly,
    losesWorkerLast: random.chance(0.5),
    missesWorker: random.chance(0.12),
    listsEveryMs: random.chance(0.5) ? random.pick([2_000, 6_000]) : null,
    looksAtWatchers: random.chance(0.4),
  }
}
