/**
 * All benches, in the order in which they run.
 */
import type { Bench } from './harness/figures.ts'
import { relayBenches } from './relay.ts'

export const benches: readonly Bench[] = [...relayBenches]
