/**
 * Deliveries and attempts. A delivery is one message whose sender waits for the answer; an attempt is that message, or a
 * stored one, on its way to one device. An attempt may outlive its delivery: a device that answers after the 202 ends it.
 * Both only hold state; what happens to them is decided in `deliver-message.ts`, `on-outcome.ts` and `conclude.ts`.
 */
import type { FlowIdentity, ReplyAddress, RequestSource } from '../ports/bus.ts'
import type { FlowId } from '../ports/flows.ts'
import type { TimerHandle, TimerTarget } from '../ports/timers.ts'
import type { SipMessage } from '../sip/message/sip-message.ts'
import type { Aor } from '../sip/uri/aor.ts'
import type { Standing } from './decide-answer.ts'
import type { Conversation, Recipient } from './recipient.ts'
import type { Doubt } from './stored-message.ts'

export interface DeliveryTimers {
  onDeliveryTime(delivery: Delivery): void
  onAttemptTime(attempt: Attempt): void
}

/** What is being delivered, the same for all its attempts. */
export interface Letter {
  readonly sender: Aor
  readonly request: SipMessage
  readonly operationId: string
  readonly receivedMs: number
  readonly expiresMs: number
  readonly date: string
  readonly isTransient: boolean
  /** Null for what we send ourselves. */
  readonly source: RequestSource | null
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
  readonly #timers: DeliveryTimers
  timer: TimerHandle | null = null

  constructor(
    parts: Pick<Delivery, 'kind' | 'recipient' | 'conversation' | 'sequence' | 'letter' | 'from' | 'identity'>,
    timers: DeliveryTimers,
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
  readonly #timers: DeliveryTimers
  /** Null once its sender was answered, or from the start for a stored message. */
  delivery: Delivery | null
  /** Names it in outcomes; 0 while it waits for its turn. */
  number = 0
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
    timers: DeliveryTimers,
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

  onTimer(): void {
    this.#timers.onAttemptTime(this)
  }
}
