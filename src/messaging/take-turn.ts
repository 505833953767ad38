/**
 * A user's turn: all that may go on without anybody's message. Deliveries whose way has become free, queues of
 * devices on line, devices whose pause is over. Each step is a unit of work of its own, so that the next one sees
 * what it changed.
 */
import type { Device } from '../registrar/index.ts'
import type { Messaging } from './messaging.ts'
import type { Recipient } from './recipient.ts'
import { reconsider } from './reconsider.ts'
import { sendLine } from './send-line.ts'

export function takeTurn(messaging: Messaging, recipient: Recipient): void {
  if (recipient.parked) return
  for (const conversation of [...recipient.conversations.values()]) {
    for (const delivery of [...conversation.open]) {
      messaging.runFor('waiting-delivery', delivery.letter, (unit) => void reconsider(messaging, unit, delivery, null))
    }
  }
  const reachable = messaging.devices.known(recipient.aor).filter((device) => device.targets.length > 0)
  for (const device of reachable) {
    if (!recipient.mail.hasLine(device.deviceKey)) continue
    messaging.run('queue', recipient, (unit) =>
      sendLine(messaging, unit, recipient, device, { attempt: null, delivery: null }),
    )
  }
  scheduleNext(messaging, recipient, reachable)
}

/** The next turn is when the first pause ends of a device that something waits for. */
function scheduleNext(messaging: Messaging, recipient: Recipient, reachable: readonly Device[]): void {
  const nowMs = messaging.host.clock.monotonicMs()
  let nextMs = Number.POSITIVE_INFINITY
  for (const { deviceKey } of reachable) {
    for (const { sender } of recipient.mail.line(deviceKey)) {
      const untilMs = recipient.conversations.get(sender)?.pausedUntilMs(deviceKey) ?? 0
      if (untilMs > nowMs) nextMs = Math.min(nextMs, untilMs)
    }
  }
  if (nextMs < Number.POSITIVE_INFINITY) messaging.scheduleTurn(recipient, nextMs - nowMs)
}
