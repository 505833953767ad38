/**
 * What the seed draws of a run: how large the world is, which kinds of fault it has, how its people behave. Whole
 * kinds are switched off (swarm testing), since a fault that is always there hides what others would show.
 */
import { allFaults } from './faults/all-faults.ts'
import type { Fault } from './faults/fault.ts'
import { Manners } from './model/manners.ts'
import type { Prng } from './world/prng.ts'

export interface Swarm {
  readonly workersCount: number
  readonly usersCount: number
  readonly safetyMs: number
  readonly faults: readonly Fault[]
  readonly manners: Manners
  readonly actEveryMs: number
  readonly twinsProbability: number
  /** Null: no administrator is at work. */
  readonly adminEveryMs: number | null
  /** The liveness phase begins with a restart of the server. */
  readonly endsWithRestart: boolean
}

export function drawSwarm(random: Prng): Swarm {
  const manners = new Manners()
  manners.expiresSeconds = random.pick([20, 60, 600])
  if (random.chance(0.6)) {
    manners.busy = random.pick([0, 0.05, 0.2])
    manners.away = random.pick([0, 0.05])
    manners.silent = random.pick([0, 0.05])
    manners.refusing = random.pick([0, 0.03])
    manners.slow = random.pick([0, 0.05])
  }
  manners.pipelined = random.pick([1, 1, 3])
  return {
    workersCount: random.between(1, 3),
    usersCount: random.between(2, 4),
    safetyMs: random.pick([30_000, 60_000, 90_000]),
    faults: allFaults.filter((fault) => random.chance(fault.share)),
    manners,
    actEveryMs: random.pick([2_000, 4_000, 8_000]),
    twinsProbability: random.pick([0, 0, 0.15]),
    adminEveryMs: random.chance(0.3) ? 15_000 : null,
    endsWithRestart: random.chance(0.5),
  }
}
