/**
 * Messages that came by a link, as opposed to those that were made here for one that did.
 */
import type { BusMessage, ReplyAddress } from '../../ports/bus.ts'
import { isOwnPlace } from '../../ports/places.ts'

/** Who sent this by a link; null for what was made here, be it for a request that came by one. */
export function byLink(message: BusMessage): ReplyAddress | null {
  switch (message.kind) {
    case 'request':
    case 'move-ask':
      return isOwnPlace(message.from.worker) ? null : message.from
    case 'deliver':
    case 'locate':
      // What we make ourselves for a flow of another server has the token that we gave for it.
      return isOwnPlace(message.from.worker) || message.identity?.token ? null : message.from
    default:
      return null
  }
}
