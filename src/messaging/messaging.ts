/**
 * The state of the service in one place, and the ports that its functions use. No logic but looking things up:
 * `message-service.ts` makes it, the verbs beside this file work on it.
 */

import { TokenBuckets } from '../guard/index.ts'
import type { ReplyAddress } from '../ports/bus.ts'
import type { MessagePolicy } from '../ports/policy.ts'
import type { Devices } from '../registrar/index.ts'
import { type Accounts, type Culprit, Operations, type ShardHost, type Unit } from '../shard/index.ts'
import type { Aor } from '../sip/uri/aor.ts'
import { type MessagingMetrics, messagingMetrics } from './metrics.ts'
import { type Attempt, type MessagingTimers, Recipient } from './recipient.ts'
import type { MessagingSettings } from './settings.ts'

export class Messaging {
  readonly host: ShardHost
  readonly devices: Devices
  readonly accounts: Accounts
  readonly policy: MessagePolicy
  readonly settings: MessagingSettings
  readonly metrics: MessagingMetrics
  readonly recipients = new Map<Aor, Recipient>()
  /** Attempts that an outcome is expected for, by number. */
  readonly attempts = new Map<number, Attempt>()
  readonly operations = new Operations()
  readonly durableOperations = new Map<string, Recipient>()
  /** Operations that copies were made for, so that a retransmission makes none. */
  readonly copied = new Operations()
  readonly senders: TokenBuckets
  /** Set once, before anything can fire. */
  timers!: MessagingTimers
  #lastNumber = 0

  constructor(parts: Pick<Messaging, 'host' | 'devices' | 'accounts' | 'policy' | 'settings'>) {
    this.host = parts.host
    this.devices = parts.devices
    this.accounts = parts.accounts
    this.policy = parts.policy
    this.settings = parts.settings
    this.metrics = messagingMetrics(parts.host.metrics)
    this.senders = new TokenBuckets(parts.settings)
  }

  /** A new one is not kept until the unit has ended: see `keepRecipient`. */
  recipient(aor: Aor): Recipient {
    return this.recipients.get(aor) ?? new Recipient(aor, this.timers)
  }

  /** To be called in a change. */
  keepRecipient(recipient: Recipient): void {
    this.recipients.set(recipient.aor, recipient)
  }

  /**
   * Takes a token of this account; false when it has none left. Also for a unit that fails: a flood costs its sender.
   */
  mayAsk(account: Aor): boolean {
    return this.settings.requestsPerSecond === 0 || this.senders.take(account, this.host.clock.monotonicMs())
  }

  isMailboxFull(recipient: Recipient, messageBytes: number): boolean {
    const { mailboxMessages, mailboxBytes } = recipient.mail
    const { mailboxMessagesMax, mailboxBytesMax } = this.settings
    return mailboxMessages >= mailboxMessagesMax || mailboxBytes + messageBytes > mailboxBytesMax
  }

  /** An address that only this start of this worker answers to. A number that a dropped unit took is never missed. */
  nextAddress(): ReplyAddress {
    this.#lastNumber++
    return this.addressOf({ number: this.#lastNumber })
  }

  addressOf({ number }: Pick<Attempt, 'number'>): ReplyAddress {
    return { worker: this.host.worker, incarnation: this.host.incarnation, half: 'shard', number }
  }

  /**
   * Looks at this user's queues and waiting deliveries after so long, in units of their own. To be called in a
   * change.
   */
  scheduleTurn(recipient: Recipient, delayMs: number): void {
    const atMs = this.host.clock.monotonicMs() + delayMs
    if (recipient.turn !== null) {
      if (recipient.turnAtMs <= atMs) return
      this.host.timers.cancel(recipient.turn)
    }
    recipient.turn = this.host.timers.set(delayMs, recipient, 0)
    recipient.turnAtMs = atMs
  }

  /** The device would not take a message of this sender now: both rest for a while. To be called in a change. */
  pause(attempt: Attempt): void {
    const delayMs = attempt.conversation.pause(attempt.deviceKey, this.host.clock.monotonicMs())
    this.scheduleTurn(attempt.recipient, delayMs)
  }

  /** This operation has a record, to be removed when its time is over. To be called in a change. */
  durable(recipient: Recipient, operationId: string): void {
    recipient.operations.add(operationId)
    this.durableOperations.set(operationId, recipient)
  }

  /** A unit for a message on its way: if it throws, whoever sent that answers for it, and never the recipient. */
  runFor(what: string, { sender, request }: Culprit, work: (unit: Unit) => void): boolean {
    return this.host.run({ who: sender, what, hash: '' }, work, request)
  }

  /** A unit that no one message makes us run: nobody answers for it. */
  run(what: string, recipient: Recipient, work: (unit: Unit) => void): boolean {
    return this.host.run({ who: '', what: `${what} of ${recipient.aor}`, hash: '' }, work)
  }
}
