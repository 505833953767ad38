/**
 * All kinds of fault, and nothing else.
 */
import { clockStep } from './clock-step.ts'
import { diskFailure } from './disk-failure.ts'
import type { Fault } from './fault.ts'
import { linkCut } from './link-cut.ts'
import { linkSilence } from './link-silence.ts'
import { roughNetwork } from './rough-network.ts'
import { serverKill } from './server-kill.ts'
import { slowBus } from './slow-bus.ts'
import { slowDisk } from './slow-disk.ts'
import { workerCrash } from './worker-crash.ts'

export const allFaults: readonly Fault[] = [
  workerCrash,
  serverKill,
  diskFailure,
  slowDisk,
  slowBus,
  roughNetwork,
  linkCut,
  linkSilence,
  clockStep,
]
