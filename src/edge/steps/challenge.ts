/**
 * Step 7: who neither speaks on a flow that has proved this AOR nor brings credentials is challenged at once (RFC
 * 3261 §22), without a transaction and without asking a shard, so that it costs us next to nothing.
 */
import { isEncrypted } from '../../ports/flows.ts'
import { findBearerToken } from '../../sip/bearer/bearer.ts'
import { makeNonce } from '../../sip/digest/nonce.ts'
import { serverChallenge } from '../../sip/digest/server-challenge.ts'
import type { Arrival, Verdict } from '../arrival.ts'
import { hasCredentialsFor } from '../credentials.ts'
import { type EdgeRejection, tooManyFailures } from '../rejections.ts'

export function challenge(arrival: Arrival): Verdict {
  const { request, flow, sender, ports } = arrival
  if (sender && flow.identityOf(sender, ports.clock.wallMs())) return 'continue'
  if (hasGuessedTooOften(arrival)) return tooManyFailures
  if (flow.certificateRefusal) return flow.certificateRefusal
  if (flow.proof !== null) return 'continue'
  if (ports.settings.homesChallenge || hasCredentialsFor(request, ports.settings.realm)) return 'continue'
  if (ports.settings.bearer !== null && findBearerToken(request) !== null) return 'continue'
  return makeChallenge(arrival)
}

/**
 * A stream that gave that many wrong answers proves nobody any more; whoever errs connects again. A UDP peer cannot, so
 * there the source's own limits end the guessing (`flow-gate.ts`).
 */
function hasGuessedTooOften({ flow, ports }: Arrival): boolean {
  return flow.reliable && flow.failedAs.length >= ports.settings.failuresPerFlowMax
}

function makeChallenge({ request, flow, ports }: Arrival): EdgeRejection {
  const { seals, clock, entropy, settings } = ports
  const made = { madeMs: clock.wallMs(), bootId: settings.bootId }
  const address = flow.transport.remoteAddress
  const nonce = makeNonce(made, entropy.word(4), address, (text) => seals.mac('nonce', text))
  const { realm, bearer: terms } = settings
  const tokens = terms && isEncrypted(flow.transport.transport) ? { terms, isInvalid: false } : null
  return serverChallenge(request, realm, nonce, false, tokens)
}
