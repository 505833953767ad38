/**
 * One direction of a stream falls silent; later the stream is cut.
 */
import type { Fault } from './fault.ts'

export const linkSilence: Fault = {
  name: 'link-silence',
  share: 0.4,
  everyMs: 12_000,
  strike(world, random) {
    const { streams } = world.network
    if (streams.length === 0) return
    const stream = random.pick(streams)
    stream.fallSilent(random.pick(['to-server', 'to-device', 'both']))
    world.events.after(random.between(1_000, 45_000), () => stream.cut())
  },
}
