/**
 * At the sender's shard: a pager-mode MESSAGE of an authenticated user (RFC 3428 §6). Checks rate and destination,
 * and asks the recipient's shard to deliver. The answer goes from there straight to the sender's edge; what follows
 * from it for the sender's other devices is in `send-copies.ts`.
 */
import { partyOf } from '../ports/policy.ts'
import { addresseeOf } from '../registrar/index.ts'
import type { AuthenticatedRequest, Rejection, Unit } from '../shard/index.ts'
import { makeAnswer } from '../shard/index.ts'
import { type Aor, aorDomain } from '../sip/uri/aor.ts'
import type { Messaging } from './messaging.ts'
import { noSuchUser, tooManyMessages } from './rejections.ts'
import { isCopied } from './send-copies.ts'

export function sendMessage(messaging: Messaging, unit: Unit, request: AuthenticatedRequest): void {
  const { message, account, identity, operationId, unlessKnown } = request
  if (!messaging.mayAsk(account.aor)) {
    refuse(messaging, unit, request, tooManyMessages)
    return
  }
  const recipient = addresseeOf(message.request.requestUri, messaging.host.seals)?.aor ?? null
  if (recipient === null || !isOurs(messaging, recipient)) {
    refuse(messaging, unit, request, noSuchUser)
    return
  }
  unit.send(messaging.host.shardOf(recipient), {
    kind: 'deliver',
    from: message.from,
    sender: account.aor,
    party: partyOf(account),
    recipient,
    request: message.request,
    operationId,
    receivedMs: unit.nowMs,
    source: message.source,
    identity,
    unlessKnown,
    isCopied: isCopied(messaging, account.aor, message.request, message.source.flow),
  })
}

/** Until servers are linked, nothing leaves for other domains (promise P6). */
function isOurs(messaging: Messaging, recipient: Aor): boolean {
  return messaging.host.domains.includes(aorDomain(recipient))
}

function refuse(messaging: Messaging, unit: Unit, request: AuthenticatedRequest, rejection: Rejection): void {
  const { message, account, identity, unlessKnown } = request
  const answer = unlessKnown ?? makeAnswer(message.from, { ...rejection, identity })
  unit.send(message.from.worker, answer)
  unit.change(() => {
    messaging.metrics.refused(rejection)
    const fields = { sender: account.aor, requestUri: message.request.requestUri, callId: message.request.callId }
    messaging.host.log.write('info', rejection.event, fields)
  })
}
