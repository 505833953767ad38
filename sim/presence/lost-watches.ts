/**
 * The bus loses a word about a watch now and then: what the repair by count and hash is for. (It loses nothing by
 * itself: a worker that dies takes with it what it had not read.)
 */
import type { Fault } from '../faults/fault.ts'

/** Both ends of the watches compare every ten minutes what they have. */
export const comparedByMs = 610_000

export const lostWatches: Fault = {
  name: 'lost-watches',
  share: 0.15,
  start(world) {
    world.weather.watchLossProbability = 0.5
  },
}
