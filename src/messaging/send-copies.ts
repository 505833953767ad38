/**
 * Copies of what a user has sent, to those of their other devices that ask for it, once it is delivered or stored. A
 * copy follows the rules of queues and never those of the mailbox; nobody waits for its answer; there is none of
 * composing notices, nor of what is never stored.
 */
import type { SentMessage } from '../ports/bus.ts'
import type { FlowId } from '../ports/flows.ts'
import type { Device } from '../registrar/index.ts'
import type { Unit } from '../shard/index.ts'
import type { SipMessage } from '../sip/message/sip-message.ts'
import type { Aor } from '../sip/uri/aor.ts'
import { beginDelivery } from './deliver-message.ts'
import { expiresMs, isTransient } from './lifetime.ts'
import type { Messaging } from './messaging.ts'
import { makeSentCopy } from './sent-copy.ts'
import { encodeSipDate } from './sip-date.ts'

/** Whether anybody wants a copy of what this user sends now: usually nobody does, and then nobody need be told. */
export function isCopied(messaging: Messaging, user: Aor, request: SipMessage, flow: FlowId): boolean {
  return otherDevices(messaging, user, request, flow).length > 0 && !isTransient(request)
}

export function sendCopies(messaging: Messaging, unit: Unit, sent: SentMessage): void {
  const user = sent.sender
  const devices = otherDevices(messaging, user, sent.request, sent.flow)
  // Made once for an operation, however often its request is repeated.
  if (devices.length === 0 || messaging.copied.find(sent.operationId).state !== 'new') return
  const systemMs = messaging.host.clock.systemMs()
  const request = makeSentCopy(sent.request, user, messaging.host.entropy, systemMs)
  if (request === null) return
  const letter = {
    sender: user,
    request,
    operationId: sent.operationId,
    receivedMs: unit.nowMs,
    expiresMs: expiresMs(request, unit.nowMs, messaging.settings.messageExpiryMs),
    date: encodeSipDate(systemMs),
    isTransient: false,
    isCopied: false,
    source: null,
  }
  const recipient = messaging.recipient(user)
  beginDelivery(messaging, unit, { kind: 'copy', recipient, letter, message: null, devices })
  unit.change(() => {
    messaging.copied.finish(sent.operationId, { status: 200, reason: 'OK' }, unit.nowMs)
    messaging.metrics.sentCopies.inc(devices.length)
  })
}

/** Devices that want copies, without the one that sent the original. */
function otherDevices(messaging: Messaging, user: Aor, request: SipMessage, flow: FlowId): readonly Device[] {
  const known = messaging.devices.known(user)
  if (!known.some((device) => device.wantsSentCopies)) return []
  const sending = sendingKeys(request)
  return known.filter((device) => {
    if (!device.wantsSentCopies || sending.includes(device.deviceKey)) return false
    return !device.targets.some((target) => target.flow === flow)
  })
}

/** What the request itself says about its device: instance (RFC 5626) or epid. */
function sendingKeys({ contacts, from }: SipMessage): readonly string[] {
  const keys: string[] = []
  if (Array.isArray(contacts)) for (const { instanceId } of contacts) if (instanceId !== null) keys.push(instanceId)
  const epid = from?.params.get('epid')
  if (epid) keys.push(`epid:${epid}`)
  return keys
}
