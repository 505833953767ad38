/**
 * The service of pager-mode MESSAGE (RFC 3428) of a shard: takes requests of senders, deliveries to recipients,
 * outcomes of devices, records, timers and devices that came back, and hands each to the verb that knows it.
 */
import type { BusMessage } from '../ports/bus.ts'
import type { MessagePolicy } from '../ports/policy.ts'
import type { StoreKey } from '../ports/store.ts'
import type { TimerTarget } from '../ports/timers.ts'
import type { DeviceListener, Devices } from '../registrar/index.ts'
import type { Accounts, AuthenticatedRequest, Culprit, Service, ShardHost, Unit } from '../shard/index.ts'
import type { Aor } from '../sip/uri/aor.ts'
import { deliverMessage } from './deliver-message.ts'
import { forgetDevices } from './forget-devices.ts'
import { giveUpAttempt, giveUpDelivery } from './give-up.ts'
import { readingAgainMs, sweepEveryMs } from './limits.ts'
import { dropMail, forgetMail, loadRecord, mailRecordKinds, onMailReloaded, removeOrphans } from './load-mail.ts'
import { Messaging } from './messaging.ts'
import { applyAnswer, attemptOf, onOutcome } from './on-outcome.ts'
import type { Attempt, Delivery, MessagingTimers, Recipient } from './recipient.ts'
import { reconsider } from './reconsider.ts'
import { removeUserMail } from './remove-user.ts'
import { strandedFlights } from './send-attempt.ts'
import { sendCopies } from './send-copies.ts'
import { sendMessage } from './send-message.ts'
import type { MessagingSettings } from './settings.ts'
import { sweep } from './sweep.ts'
import { takeTurn } from './take-turn.ts'

/** The service, and what administration asks of it. */
export interface MessagingService extends Service, DeviceListener {
  /** Messages in the mailbox of this user: what no device has taken. */
  storedCount(aor: Aor): number
  /** Who is told that `storedCount` of a user has changed: in the midst of a change, where no unit may begin. */
  watchStoredCount(listener: (aor: Aor) => void): void
  /** Removes all mail of a user, in the unit that removes the account. */
  removeUser(unit: Unit, aor: Aor): void
}

export function messageService(
  host: ShardHost,
  devices: Devices,
  accounts: Accounts,
  policy: MessagePolicy,
  settings: MessagingSettings,
): MessagingService {
  const service = new MessageService(new Messaging({ host, devices, accounts, policy, settings }))
  devices.listen(service)
  return service
}

class MessageService implements MessagingService, MessagingTimers, TimerTarget {
  readonly name = 'messaging'
  readonly methods = ['MESSAGE']
  readonly kinds = ['deliver', 'outcome', 'sent'] as const
  /** Numbers of what it has sent mean nothing to others who send. */
  readonly half = 'shard'
  readonly records = mailRecordKinds
  readonly rfcs = ['RFC 3428', 'RFC 3862', 'RFC 3994']
  readonly #messaging: Messaging
  readonly #countListeners: ((aor: Aor) => void)[] = []

  constructor(messaging: Messaging) {
    this.#messaging = messaging
    messaging.timers = this
  }

  onRequest(unit: Unit, request: AuthenticatedRequest): void {
    sendMessage(this.#messaging, unit, request)
  }

  onMessage(unit: Unit, message: BusMessage): void {
    if (message.kind === 'deliver') deliverMessage(this.#messaging, unit, message)
    else if (message.kind === 'outcome') onOutcome(this.#messaging, unit, message)
    else if (message.kind === 'sent') sendCopies(this.#messaging, unit, message)
  }

  /** What a device answers is the doing of whoever sent the message to it. */
  culpritOf(message: BusMessage): Culprit | null {
    return message.kind === 'outcome' ? attemptOf(this.#messaging, message) : null
  }

  /**
   * Its queue goes out in a turn of its own, after the unit of the REGISTER; forwards wait for the flush of that.
   * What was on its way by a flow that the device has left will not be answered: it goes again by the new one.
   */
  onReachable(unit: Unit, aor: Aor, deviceKey: string): void {
    const recipient = this.#messaging.recipients.get(aor)
    if (!recipient) return
    const stranded = strandedFlights(this.#messaging, recipient, deviceKey)
    unit.change(() => {
      for (const conversation of recipient.conversations.values()) conversation.resume(deviceKey)
      this.#messaging.scheduleTurn(recipient, 0)
    })
    for (const attempt of stranded) {
      unit.afterwards(() =>
        this.#messaging.runFor('flow-replaced', attempt, (next) =>
          applyAnswer(this.#messaging, next, attempt, 0, null),
        ),
      )
    }
  }

  onForgotten(unit: Unit, aor: Aor, deviceKeys: readonly string[]): void {
    forgetDevices(this.#messaging, unit, aor, deviceKeys)
  }

  /** What was on its way by a flow of that worker will not be answered: a dead flow is an outcome. */
  onWorkerGone(worker: number): void {
    for (const attempt of [...this.#messaging.attempts.values()]) {
      const flow = attempt.tried.at(-1)
      if (attempt.state !== 'sent' || flow === undefined || this.#messaging.host.placeOf(flow) !== worker) continue
      const outcome = { kind: 'outcome', to: this.#messaging.addressOf(attempt), status: 0, response: null } as const
      this.#messaging.runFor('worker-gone', attempt, (unit) =>
        onOutcome(this.#messaging, unit, { ...outcome, deviceKey: attempt.deviceKey }),
      )
    }
  }

  load(aor: Aor, kind: string, key: StoreKey, value: Uint8Array): string | null {
    return loadRecord(this.#messaging, aor, kind, key, value)
  }

  storedCount(aor: Aor): number {
    return this.#messaging.recipients.get(aor)?.mail.mailboxMessages ?? 0
  }

  watchStoredCount(listener: (aor: Aor) => void): void {
    this.#countListeners.push(listener)
  }

  onStoredCount({ aor }: Recipient): void {
    for (const listener of this.#countListeners) listener(aor)
  }

  removeUser(unit: Unit, aor: Aor): void {
    removeUserMail(this.#messaging, unit, aor)
  }

  onLoaded(): void {
    for (const recipient of this.#messaging.recipients.values()) removeOrphans(this.#messaging, recipient)
    this.#messaging.host.timers.set(sweepEveryMs, this, 0)
  }

  forget(aor: Aor): void {
    forgetMail(this.#messaging, aor)
  }

  onReloaded(aor: Aor): void {
    onMailReloaded(this.#messaging, aor)
  }

  onMovedAway(aor: Aor): void {
    dropMail(this.#messaging, aor)
  }

  /** Somebody waits for an answer, or a device has something and has not answered. */
  isBusyWith(aor: Aor): boolean {
    const conversations = this.#messaging.recipients.get(aor)?.conversations.values() ?? []
    return [...conversations].some(({ open, flights }) => open.length + flights.length > 0)
  }

  onDeliveryTime(delivery: Delivery): void {
    const { host } = this.#messaging
    delivery.timer = null
    if (delivery.recipient.parked) delivery.timer = host.timers.set(readingAgainMs, delivery, 0)
    else {
      const work = (unit: Unit) => void reconsider(this.#messaging, unit, delivery, null, 'time-up')
      if (!this.#messaging.runFor('delivery-time', delivery.letter, work)) giveUpDelivery(this.#messaging, delivery)
    }
  }

  onAttemptTime(attempt: Attempt): void {
    const { host } = this.#messaging
    attempt.timer = null
    if (attempt.recipient.parked) attempt.timer = host.timers.set(readingAgainMs, attempt, 0)
    else {
      const work = (unit: Unit) => applyAnswer(this.#messaging, unit, attempt, 408, null)
      if (!this.#messaging.runFor('outcome-time', attempt, work)) giveUpAttempt(this.#messaging, attempt)
    }
  }

  onTurn(recipient: Recipient): void {
    takeTurn(this.#messaging, recipient)
  }

  /** The sweep. */
  onTimer(): void {
    sweep(this.#messaging)
    this.#messaging.host.timers.set(sweepEveryMs, this, 0)
  }
}
