/**
 * What memory holds of one user as a recipient: stored messages, and per sender (a *conversation*) the deliveries and
 * attempts on their way. Only state; what happens to it is decided in `deliver-message.ts`, `on-outcome.ts`,
 * `reconsider.ts` and `conclude.ts`.
 *
 * A *delivery* is one message whose sender waits for the answer. An *attempt* is that message, or a stored one, on
 * its way to one device; it may outlive its delivery: a device that answers after the 202 ends it. Messages of one
 * sender to one device go one at a time and in order: `Conversation.isBlocked` is that rule.
 */
import type { BusMessage, FlowIdentity, ReplyAddress, RequestSource } from '../ports/bus.ts'
import type { FlowId } from '../ports/flows.ts'
import type { StoreKey } from '../ports/store.ts'
import type { TimerHandle, TimerTarget } from '../ports/timers.ts'
import type { SipMessage } from '../sip/message/sip-message.ts'
import type { Aor } from '../sip/uri/aor.ts'
import type { Standing } from './decide-answer.ts'
import type { Letter } from './letter.ts'
import { retryFirstMs, retryMaxMs } from './limits.ts'
import type { Doubt } from './stored-message.ts'
import { UserMail } from './user-mail.ts'

/** What runs in a unit of its own when a timer fires; and who is told what a mailbox holds. */
export interface MessagingTimers {
  onDeliveryTime(delivery: Delivery): void
  onAttemptTime(attempt: Attempt): void
  onTurn(recipient: Recipient): void
  /** There are more or fewer messages in this mailbox; told at once, in the midst of a change. */
  onStoredCount(recipient: Recipient): void
}

/** A device that would not take a message of this sender *now*. Monotonic clock. */
export interface Pause {
  readonly untilMs: number
  readonly failures: number
}

/** A device took or refused a stored message; kept for a while in case that its removal is not flushed. */
export interface Settled {
  readonly sequence: number
  readonly deviceKey: string
  readonly how: 'taken' | 'refused'
  /** The device is recognised when it returns, so its refusal is worth a record. */
  readonly lasting: boolean
  readonly atMs: number
}

/** What an unfinished unit of work will have ended: looked through by what the same unit starts. */
export interface Ending {
  readonly attempt: Attempt | null
  readonly delivery: Delivery | null
}

export class Conversation {
  readonly sender: Aor
  /** Deliveries whose sender waits, in order. */
  readonly open: Delivery[] = []
  /** Attempts sent and not answered. */
  readonly flights: Attempt[] = []
  readonly #pauses = new Map<string, Pause>()

  constructor(sender: Aor) {
    this.sender = sender
  }

  /** Whether a message with this place in the order must wait before it may be sent to this device. */
  isBlocked(deviceKey: string, sequence: number, ending: Ending): boolean {
    for (const flight of this.flights) {
      if (flight.deviceKey === deviceKey && flight !== ending.attempt) return true
    }
    for (const delivery of this.open) {
      if (delivery.sequence >= sequence) return false
      if (delivery !== ending.delivery && !delivery.isSettledFor(deviceKey)) return true
    }
    return false
  }

  pausedUntilMs(deviceKey: string): number {
    return this.#pauses.get(deviceKey)?.untilMs ?? 0
  }

  /** Returns after how long the device is asked again. */
  pause(deviceKey: string, nowMs: number): number {
    const failures = (this.#pauses.get(deviceKey)?.failures ?? 0) + 1
    const delayMs = Math.min(retryFirstMs * 2 ** (failures - 1), retryMaxMs)
    this.#pauses.set(deviceKey, { untilMs: nowMs + delayMs, failures })
    return delayMs
  }

  resume(deviceKey: string): void {
    if (this.#pauses.size > 0) this.#pauses.delete(deviceKey)
  }

  isIdle(nowMs: number): boolean {
    if (this.open.length > 0 || this.flights.length > 0) return false
    for (const pause of this.#pauses.values()) if (pause.untilMs + retryMaxMs > nowMs) return false
    return true
  }
}

export class Delivery implements TimerTarget {
  readonly kind: 'message' | 'copy'
  readonly recipient: Recipient
  readonly conversation: Conversation
  /** Place in the order of this recipient's messages, kept when it is stored. */
  readonly sequence: number
  readonly letter: Letter
  /** Null for a copy: nobody waits. */
  readonly from: ReplyAddress | null
  readonly identity: FlowIdentity | null
  readonly attempts: Attempt[] = []
  readonly #timers: MessagingTimers
  timer: TimerHandle | null = null

  constructor(
    parts: Pick<Delivery, 'kind' | 'recipient' | 'conversation' | 'sequence' | 'letter' | 'from' | 'identity'>,
    timers: MessagingTimers,
  ) {
    this.kind = parts.kind
    this.recipient = parts.recipient
    this.conversation = parts.conversation
    this.sequence = parts.sequence
    this.letter = parts.letter
    this.from = parts.from
    this.identity = parts.identity
    this.#timers = timers
  }

  onTimer(): void {
    this.#timers.onDeliveryTime(this)
  }

  /** Nothing of this message can come to this device later, so that later messages of its sender may pass. */
  isSettledFor(deviceKey: string): boolean {
    const attempt = this.attempts.find((each) => each.deviceKey === deviceKey)
    if (!attempt) return this.letter.isTransient
    if (attempt.state !== 'ended') return false
    return this.letter.isTransient || attempt.standing === 'taken' || attempt.standing === 'refused'
  }
}

export class Attempt implements TimerTarget {
  readonly recipient: Recipient
  readonly conversation: Conversation
  readonly deviceKey: string
  readonly lasting: boolean
  readonly sequence: number
  readonly request: SipMessage
  readonly date: string
  readonly source: RequestSource | null
  readonly #timers: MessagingTimers
  /** Null once its sender was answered, or from the start for a stored message. */
  delivery: Delivery | null
  /** Names it in outcomes; 0 while it waits for its turn. */
  number = 0
  /** Of sendings by flows that were given up: what a device says by one of those late still counts if it has it. */
  readonly earlierNumbers: number[] = []
  state: 'waiting' | 'sent' | 'ended' = 'waiting'
  standing: Standing = 'asked'
  status = 0
  response: SipMessage | null = null
  /** Flows of the device that were tried, the last one being the current. */
  readonly tried: FlowId[] = []
  sentMs = 0
  flowDeaths = 0
  doubt: Doubt | null = null
  timer: TimerHandle | null = null

  constructor(
    parts: Pick<
      Attempt,
      'recipient' | 'conversation' | 'deviceKey' | 'lasting' | 'sequence' | 'request' | 'date' | 'source' | 'delivery'
    >,
    timers: MessagingTimers,
  ) {
    this.recipient = parts.recipient
    this.conversation = parts.conversation
    this.deviceKey = parts.deviceKey
    this.lasting = parts.lasting
    this.sequence = parts.sequence
    this.request = parts.request
    this.date = parts.date
    this.source = parts.source
    this.delivery = parts.delivery
    this.#timers = timers
  }

  get sender(): Aor {
    return this.conversation.sender
  }

  onTimer(): void {
    this.#timers.onAttemptTime(this)
  }
}

export class Recipient implements TimerTarget {
  readonly aor: Aor
  readonly mail = new UserMail(() => this.#timers.onStoredCount(this))
  readonly conversations = new Map<Aor, Conversation>()
  /** Ids of operations that have a record. */
  readonly operations = new Set<string>()
  /** Messages that were set aside, oldest first, as keys of their records. */
  setAside: { readonly key: string; readonly expiresMs: number }[] = []
  settled: Settled[] = []
  /** Queue entries of messages that are not there. */
  strayKeys: StoreKey[] = []
  /** Records that could not be read: kept as they are, until the account goes. */
  unreadableKeys: StoreKey[] = []
  /** The last place given in the order of messages. */
  lastSequence = 0
  /** Not null while the records are read again: what came meanwhile. */
  parked: BusMessage[] | null = null
  /** When queues and waiting deliveries are next looked at. */
  turn: TimerHandle | null = null
  turnAtMs = 0
  readonly #timers: MessagingTimers

  constructor(aor: Aor, timers: MessagingTimers) {
    this.aor = aor
    this.#timers = timers
  }

  onTimer(): void {
    this.turn = null
    this.#timers.onTurn(this)
  }

  /**
   * The next place in the order: rises, and is never given twice, also over a restart, because it is never below the
   * steady wall clock, which is never set back.
   */
  nextSequence(nowMs: number): number {
    return Math.max(this.lastSequence + 1, Math.floor(nowMs))
  }

  /** A new one is not kept until the unit has ended: put it into `conversations` in a change. */
  conversation(sender: Aor): Conversation {
    return this.conversations.get(sender) ?? new Conversation(sender)
  }

  isIdle(nowMs: number): boolean {
    return (
      this.mail.isEmpty &&
      this.conversations.size === 0 &&
      this.operations.size === 0 &&
      this.settled.length === 0 &&
      this.setAside.length === 0 &&
      this.unreadableKeys.length === 0 &&
      this.turn === null &&
      this.parked === null &&
      this.lastSequence < nowMs
    )
  }
}
