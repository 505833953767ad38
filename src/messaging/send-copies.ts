/**
 * Copies of what a user sends, to those of their other devices that ask for it. A copy follows the rules of queues and
 * never those of the mailbox; nobody waits for its answer; there is none of composing notices.
 */
import type { Device } from '../registrar/index.ts'
import type { AuthenticatedRequest, Unit } from '../shard/index.ts'
import { beginDelivery } from './deliver-message.ts'
import { expiresMs, isComposing } from './lifetime.ts'
import type { Messaging } from './messaging.ts'
import { makeSentCopy } from './sent-copy.ts'
import { encodeSipDate } from './sip-date.ts'

export function sendCopies(messaging: Messaging, unit: Unit, asked: AuthenticatedRequest): void {
  const user = asked.account.aor
  const devices = otherDevices(messaging, asked)
  if (devices.length === 0 || isComposing(asked.message.request)) return
  // Made once for an operation, however often its request is repeated.
  if (messaging.copied.find(asked.operationId).state !== 'new') return
  const systemMs = messaging.host.clock.systemMs()
  const request = makeSentCopy(asked.message.request, user, messaging.host.entropy, systemMs)
  if (request === null) return
  const letter = {
    sender: user,
    request,
    operationId: asked.operationId,
    receivedMs: unit.nowMs,
    expiresMs: expiresMs(request, unit.nowMs, messaging.settings.messageExpiryMs),
    date: encodeSipDate(systemMs),
    isTransient: request.expiresSeconds === 0,
    source: null,
  }
  const recipient = messaging.recipient(user)
  beginDelivery(messaging, unit, { kind: 'copy', recipient, letter, message: null, devices })
  unit.change(() => {
    messaging.copied.finish(asked.operationId, { status: 200, reason: 'OK' }, unit.nowMs)
    messaging.metrics.sentCopies.inc(devices.length)
  })
}

/** Devices that want copies, without the one that sent the original. */
function otherDevices(messaging: Messaging, asked: AuthenticatedRequest): readonly Device[] {
  const known = messaging.devices.known(asked.account.aor)
  if (!known.some((device) => device.wantsSentCopies)) return []
  const sending = sendingKeys(asked)
  return known.filter((device) => {
    if (!device.wantsSentCopies || sending.includes(device.deviceKey)) return false
    return !device.targets.some((target) => target.flow === asked.message.source.flow)
  })
}

/** What the request itself says about its device: instance (RFC 5626) or epid. */
function sendingKeys(asked: AuthenticatedRequest): readonly string[] {
  const { contacts, from } = asked.message.request
  const keys: string[] = []
  if (Array.isArray(contacts)) for (const { instanceId } of contacts) if (instanceId !== null) keys.push(instanceId)
  const epid = from?.params.get('epid')
  if (epid) keys.push(`epid:${epid}`)
  return keys
}
