/**
 * What may go wrong with several servers: all that may with one, on any of them, and what is between them.
 */
import { diskFailure } from '../../faults/disk-failure.ts'
import type { Fault } from '../../faults/fault.ts'
import { linkCut } from '../../faults/link-cut.ts'
import { linkSilence } from '../../faults/link-silence.ts'
import { roughNetwork } from '../../faults/rough-network.ts'
import { serverKill } from '../../faults/server-kill.ts'
import { slowBus } from '../../faults/slow-bus.ts'
import { slowDisk } from '../../faults/slow-disk.ts'
import { workerCrash } from '../../faults/worker-crash.ts'
import type { World } from '../../world/world.ts'
import type { Farm } from '../farm.ts'
import { cableCut, cableHangs, partition, slowCables, workerCut } from './cable-faults.ts'

export const allServerFaults: readonly Fault<Farm>[] = [
  ...[workerCrash, serverKill, diskFailure, slowDisk, slowBus, roughNetwork, linkCut, linkSilence].map(somewhere),
  cableCut,
  cableHangs,
  partition,
  slowCables,
  workerCut,
]

/** The weather is the same for all of them. */
function somewhere({ name, share, start, everyMs, strike }: Fault<World>): Fault<Farm> {
  return {
    name,
    share,
    ...(start && { start: (farm, random) => start(farm.servers[0]!.world, random) }),
    ...(everyMs !== undefined && { everyMs: everyMs / 2 }),
    ...(strike && { strike: (farm, random) => strike(random.pick(farm.servers).world, random) }),
  }
}
