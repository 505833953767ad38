/**
 * Step 5: a worker that is behind refuses new work, so that what it has taken ends well. First those who are not signed
 * in yet, then subscriptions and publications, last messages and calls; never what belongs to a dialog, which was
 * promised. Each is asked to come back at another moment (RFC 3261 §21.5.4). Messages to people who are away come in
 * between, and are told from others where it is known who is there (`src/messaging/deliver-message.ts`).
 */
import { type NewWork, retryAfterSeconds, shortageFor } from '../../guard/index.ts'
import type { Arrival, Verdict } from '../arrival.ts'
import { overloaded } from '../rejections.ts'

export function overload({ request, flow, ports }: Arrival): Verdict {
  if (request.to?.tag != null) return 'continue'
  const { entropy, pressure, settings } = ports
  const by = shortageFor(workOf(request.method, flow.identities.size > 0), pressure, settings.limits)
  return by === null ? 'continue' : overloaded(by, retryAfterSeconds(by, pressure, entropy))
}

function workOf(method: string, isSignedIn: boolean): NewWork {
  if (method === 'REGISTER' && !isSignedIn) return 'sign-in'
  if (method === 'SUBSCRIBE') return 'subscription'
  return method === 'PUBLISH' ? 'later' : 'anything'
}
