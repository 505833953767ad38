/**
 * Step 5: a worker that is behind refuses new work, so that what it has taken ends well. First those who are not signed
 * in yet, then subscriptions and publications, last messages and calls; never what belongs to a dialog, which was
 * promised. Each is asked to come back at another moment (RFC 3261 §21.5.4).
 */
import type { Arrival, Verdict } from '../arrival.ts'
import { overloaded } from '../rejections.ts'

/**
 * Times the configured delay at which each is refused. A sign-on passes a worker's queue some ten times (REGISTER
 * twice, SUBSCRIBE with its watches, NOTIFY, PUBLISH): who is let in while it is short is served within seconds.
 */
const [signInTimes, subscriptionsTimes, allTimes] = [0.25, 2, 5]
/** Seconds to stay away: at least as long as we are behind, and spread over so many more. */
const spreadSeconds = 8

export function overload({ request, flow, ports }: Arrival): Verdict {
  const { busyAfterMs } = ports.settings.limits
  const delayMs = ports.pressure.delayMs()
  if (busyAfterMs === 0 || delayMs < busyAfterMs * signInTimes || request.to?.tag != null) return 'continue'
  if (delayMs < busyAfterMs * timesOf(request.method, flow.identities.size > 0)) return 'continue'
  const random = Number.parseInt(ports.entropy.word(2), 16) % spreadSeconds
  return overloaded(1 + Math.ceil(delayMs / 1_000) + random)
}

function timesOf(method: string, isSignedIn: boolean): number {
  if (method === 'REGISTER' && !isSignedIn) return signInTimes
  return method === 'SUBSCRIBE' || method === 'PUBLISH' ? subscriptionsTimes : allTimes
}
