/**
 * How far a worker is behind with its work: what new work is refused by, and changes of presence are gathered by. Who
 * measures it: `src/runtime/backlog.ts` and `busy-share.ts`; tests set it.
 */
export interface Pressure {
  /** Age of the oldest work that waits for this worker, in milliseconds; about 0 where it keeps up. */
  delayMs(): number
  /** How much of the last second or so it was at work, 0 to 1: it rises before anything waits. */
  busyShare(): number
}

/** Nothing ever waits. */
export const noPressure: Pressure = { delayMs: () => 0, busyShare: () => 0 }
