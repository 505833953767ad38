/**
 * P2: a message comes only to devices of the user that it was sent to, and under the device's own Contact.
 */
import type { Checker } from './checker.ts'

export const misdelivered: Checker = {
  name: 'misdelivered',
  check: (history) =>
    history.arrivals
      .filter((arrival) => arrival.toUser !== arrival.deviceUser || !arrival.isOwnContact)
      .map(({ id, toUser, device, atMs }) => {
        return { checker: 'misdelivered', atMs, text: `message ${id} to ${toUser} came to ${device}` }
      }),
}
