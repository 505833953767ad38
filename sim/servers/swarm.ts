/**
 * What the seed draws of a run of several servers: how large they are, which faults there are, how people behave.
 */
import type { Fault } from '../faults/fault.ts'
import { Manners } from '../model/manners.ts'
import { WatcherManners } from '../presence/manners.ts'
import type { Prng } from '../world/prng.ts'
import type { Farm } from './farm.ts'
import { allServerFaults } from './faults/all-server-faults.ts'

export interface ServersSwarm {
  /** By server, in the order of the farm. */
  readonly workersCounts: readonly number[]
  readonly usersCount: number
  readonly safetyMs: number
  readonly faults: readonly Fault<Farm>[]
  readonly manners: Manners
  readonly watcherManners: WatcherManners
  readonly actEveryMs: number
  readonly messagesEveryMs: number
  /** Null: policy stays as it is. */
  readonly policyEveryMs: number | null
  /** Null: nobody has a list. */
  readonly listsEveryMs: number | null
  /** The liveness phase begins with a restart of all servers. */
  readonly endsWithRestart: boolean
  /** When all is settled a home is gone for so long; null: none is. */
  readonly homeAwayMs: number | null
}

export function drawServersSwarm(random: Prng): ServersSwarm {
  const manners = new Manners()
  manners.expiresSeconds = random.pick([20, 60])
  if (random.chance(0.4)) {
    manners.busy = random.pick([0, 0.1])
    manners.silent = random.pick([0, 0.05])
    manners.slow = random.pick([0, 0.05])
  }
  manners.pipelined = random.pick([1, 3])
  const watcherManners = new WatcherManners()
  watcherManners.subscriptionSeconds = random.pick([20, 60])
  watcherManners.publicationSeconds = 60
  return {
    workersCounts: [random.between(1, 2), 1, random.pick([1, 2, 3]), random.between(1, 2)],
    usersCount: random.pick([2, 2, 3]),
    safetyMs: random.pick([10_000, 20_000]),
    faults: allServerFaults.filter((fault) => random.chance(fault.share)),
    manners,
    watcherManners,
    actEveryMs: random.pick([2_000, 4_000]),
    messagesEveryMs: random.pick([2_000, 4_000]),
    policyEveryMs: random.chance(0.5) ? random.pick([2_000, 5_000]) : null,
    endsWithRestart: random.chance(0.2),
    homeAwayMs: random.chance(0.3) ? random.pick([20_000, 150_000]) : null,
    listsEveryMs: random.chance(0.5) ? random.pick([2_000, 6_000]) : null,
  }
}
