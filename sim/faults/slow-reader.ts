/**
 * A device does not read for a while: what the server sends piles up, and comes all at once when it reads again. For
 * longer than a transaction lasts nobody may do that: the transport cuts him off, as `link-cut.ts` does here.
 */
import type { Fault } from './fault.ts'

const pausesMs = [500, 3_000, 12_000] as const
export const readPauseMsMax = Math.max(...pausesMs)

export const slowReader: Fault = {
  name: 'slow-reader',
  share: 0.4,
  everyMs: 10_000,
  strike(world, random) {
    const { streams } = world.network
    if (streams.length > 0) random.pick(streams).readNothing(random.pick(pausesMs))
  },
}
