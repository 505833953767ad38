/**
 * What a message to another server is worth when that one is overloaded; null for what is no new request: facts,
 * replies, and what belongs to requests that were let in.
 */
import type { BusMessage } from '../../ports/bus.ts'
import type { Rank } from './loss-filter.ts'

export function rankOf(message: BusMessage): Rank | null {
  switch (message.kind) {
    case 'request':
      return rankOfRequest(message)
    case 'deliver':
    case 'locate':
      return 'message'
    case 'forward':
      return message.request.method === 'ACK' ? null : 'established'
    default:
      return null
  }
}

function rankOfRequest({ request, route, source }: BusMessage & { readonly kind: 'request' }): Rank {
  if (route !== null || request.to?.tag != null) return 'established'
  const { method } = request
  if (method === 'REGISTER' && source.identity === null) return 'sign-in'
  return method === 'SUBSCRIBE' || method === 'PUBLISH' ? 'subscription' : 'message'
}
