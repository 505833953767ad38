/**
 * Sends what is stored for a device that is on line: up to eight at once, each of another sender, each sender's in
 * order. What the device must be protected from is set aside instead.
 */
import { Buffer } from 'node:buffer'
import type { Device } from '../registrar/index.ts'
import type { Unit } from '../shard/index.ts'
import { parseMessage } from '../sip/message/parse.ts'
import type { Aor } from '../sip/uri/aor.ts'
import { setMessageAside } from './keep-mail.ts'
import { flowDeathsMax, queueSendersMax } from './limits.ts'
import type { Messaging } from './messaging.ts'
import { Attempt, type Ending, type Recipient } from './recipient.ts'
import { nextTarget, sendAttempt } from './send-attempt.ts'
import type { StoredMessage } from './stored-message.ts'

/** `ending` is the attempt that this unit ends: its message has been dealt with, and its place is free. */
export function sendLine(messaging: Messaging, unit: Unit, recipient: Recipient, device: Device, ending: Ending): void {
  const senders = new Set<Aor>()
  let free = queueSendersMax - flightsTo(recipient, device.deviceKey, ending)
  for (const message of recipient.mail.line(device.deviceKey)) {
    if (free <= 0) return
    if (message.sequence === ending.attempt?.sequence || message.expiresMs <= unit.nowMs) continue
    if (senders.has(message.sender)) continue
    senders.add(message.sender)
    if (mustWait(messaging, recipient, message, device.deviceKey, ending)) continue
    if (sendStored(messaging, unit, recipient, device, message)) free--
  }
}

function flightsTo(recipient: Recipient, deviceKey: string, ending: Ending): number {
  let count = 0
  for (const { flights } of recipient.conversations.values()) {
    for (const flight of flights) if (flight.deviceKey === deviceKey && flight !== ending.attempt) count++
  }
  return count
}

function mustWait(
  messaging: Messaging,
  recipient: Recipient,
  message: StoredMessage,
  deviceKey: string,
  ending: Ending,
): boolean {
  // In the mailbox, and just being offered to another device: that one may take it.
  const isElsewhere = message.offeredTo !== null && message.offeredTo !== deviceKey && !message.waiting.has(deviceKey)
  if (isElsewhere) return true
  const conversation = recipient.conversations.get(message.sender)
  if (!conversation) return false
  if (conversation.pausedUntilMs(deviceKey) > messaging.host.clock.monotonicMs()) return true
  return conversation.isBlocked(deviceKey, message.sequence, ending)
}

function sendStored(
  messaging: Messaging,
  unit: Unit,
  recipient: Recipient,
  device: Device,
  message: StoredMessage,
): boolean {
  const { deviceKey, lasting } = device
  const { doubt, flowDeaths } = message.history(deviceKey)
  if (flowDeaths >= flowDeathsMax) {
    setAside(messaging, unit, recipient, message, deviceKey, 'flow-deaths')
    return false
  }
  const parsed = parseMessage(Buffer.from(message.bytes.buffer, message.bytes.byteOffset, message.bytes.byteLength))
  if (parsed.message === null) {
    setAside(messaging, unit, recipient, message, deviceKey, parsed.fault.event)
    return false
  }
  const conversation = recipient.conversation(message.sender)
  const { sequence, date } = message
  const attempt = new Attempt(
    {
      recipient,
      conversation,
      deviceKey,
      lasting,
      sequence,
      request: parsed.message,
      date,
      source: null,
      delivery: null,
    },
    messaging.timers,
  )
  attempt.doubt = doubt
  attempt.flowDeaths = flowDeaths
  const target = nextTarget(messaging, attempt)
  if (!target) return false
  unit.change(() => {
    recipient.conversations.set(message.sender, conversation)
    if (!message.waiting.has(deviceKey)) message.offeredTo = deviceKey
  })
  sendAttempt(messaging, unit, attempt, target)
  return true
}

function setAside(
  messaging: Messaging,
  unit: Unit,
  recipient: Recipient,
  message: StoredMessage,
  deviceKey: string,
  reason: string,
): void {
  setMessageAside(messaging, unit, recipient, message, deviceKey, reason)
  // The sender's next message goes when memory knows.
  unit.change(() => messaging.scheduleTurn(recipient, 0))
}
