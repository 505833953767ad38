/**
 * Whether the clock of this machine can be right, by what the store has seen.
 */
import { clockAheadMaxMs } from '../store/index.ts'
import { StartFailure } from './start-failure.ts'

/** Throws `StartFailure` where somebody must decide. */
export function checkClock(lastWrittenMs: number): void {
  if (lastWrittenMs <= Date.now() + clockAheadMaxMs) return
  throw new StartFailure(
    `the store was last written at ${new Date(lastWrittenMs).toISOString()}, more than a day ahead of this machine's ` +
      'clock; set the clock right, or if it is right run `meridian clock accept`',
    'configuration',
  )
}
