/**
 * A stream is cut.
 */
import type { Fault } from './fault.ts'

export const linkCut: Fault = {
  name: 'link-cut',
  share: 0.5,
  everyMs: 6_000,
  strike(world, random) {
    const { streams } = world.network
    if (streams.length > 0) random.pick(streams).cut()
  },
}
