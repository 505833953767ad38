/**
 * A connection brings what is no SIP: the server gives it up, and the device has to come back.
 */
import type { Fault } from './fault.ts'

/** Each ends a stream between messages: no token, a bare line feed in a head, no or an absurd length. */
const starts = ['\0\0\0\0', '\x16\x03\x01\x02\x00', 'GET / HTTP/1.1\n\n', 'INFO sip:u1 SIP/2.0\r\n\r\n'] as const
const absurdLength = 'INFO sip:u1 SIP/2.0\r\nContent-Length: 99999999\r\n\r\n'

export const garbageBytes: Fault = {
  name: 'garbage-bytes',
  share: 0.3,
  everyMs: 15_000,
  strike(world, random) {
    const { streams } = world.network
    if (streams.length === 0) return
    const text = random.pick([...starts, absurdLength])
    random.pick(streams).bringGarbage(Buffer.from(text, 'latin1'))
  },
}
