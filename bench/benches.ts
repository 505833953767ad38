/**
 * All benches, in the order in which they run.
 */
import type { Bench } from './harness/figures.ts'
import { httpBench } from './http/http.ts'
import { linkBench } from './link.ts'
import { memoryBenches } from './memory.ts'
import { microBench } from './micro.ts'
import { presenceBenches } from './presence.ts'
import { busyHourBench } from './presence-busy-hour.ts'
import { registerBench } from './register.ts'
import { relayBenches } from './relay.ts'
import { restartBench } from './restart.ts'
import { signInBench } from './sign-in.ts'
import { steadyBench } from './steady.ts'

export const benches: readonly Bench[] = [
  microBench,
  ...relayBenches,
  linkBench,
  registerBench,
  ...presenceBenches,
  signInBench,
  busyHourBench,
  steadyBench,
  httpBench,
  ...memoryBenches,
  restartBench,
]
