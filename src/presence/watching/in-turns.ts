/**
 * Long work on many in slices, so that others have their turns in between.
 */
import type { Timers, TimerTarget } from '../../ports/timers.ts'

/** The first slice now, each other one in a turn of its own. `work` begins units of its own; `all` stays as it is. */
export function inTurns<T>(
  timers: Timers,
  all: readonly T[],
  sliceLength: number,
  work: (slice: readonly T[]) => void,
): void {
  const turn: TimerTarget = {
    onTimer: (from) => {
      const next = from + sliceLength
      if (next < all.length) timers.set(0, turn, next)
      work(all.slice(from, next))
    },
  }
  if (all.length > 0) turn.onTimer(0)
}
