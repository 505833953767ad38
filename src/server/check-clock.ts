/**
 * Whether the clock of this machine can be right, by what the store has seen.
 */
import { StartFailure } from './start-failure.ts'

/**
 * A store that was written more than this ahead of the clock: one of the two is wrong, and guessing would lose mail.
 */
const clockAheadMaxMs = 86_400_000

/** Throws `StartFailure` where somebody must decide. */
export function checkClock(lastWrittenMs: number): void {
  if (lastWrittenMs <= Date.now() + clockAheadMaxMs) return
  throw new StartFailure(
    `the store was last written at ${new Date(lastWrittenMs).toISOString()}, more than a day ahead of this machine's ` +
      'clock; set the clock right, or if it is right run `meridian clock accept`',
    'configuration',
  )
}
