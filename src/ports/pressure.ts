/**
 * How much a worker has to do and to hold: what new work is refused by, and changes of presence are gathered by. Who
 * measures it: `src/runtime/worker-pressure.ts`; tests set it.
 */
export interface Pressure {
  /** Age of the oldest work that waits for this worker, in milliseconds; about 0 where it keeps up. */
  delayMs(): number
  /** How much of the last second or so it was at work, 0 to 1: it rises before anything waits. */
  busyShare(): number
  /** Pieces in the longest of the queues behind it: what waits for others, the store, workers, links. */
  waitingCount(): number
  /** Of the memory that there is for it, what is in use, 0 to 1. */
  memoryShare(): number
}

/** Nothing ever waits. */
export const noPressure: Pressure = {
  delayMs: () => 0,
  busyShare: () => 0,
  waitingCount: () => 0,
  memoryShare: () => 0,
}
