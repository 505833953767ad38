/**
 * What memory holds of one user as a recipient: stored messages, and per sender the deliveries and attempts on their way.
 * Messages of one sender to one device go one at a time and in order; `isBlocked` is that rule.
 */
import type { BusMessage } from '../ports/bus.ts'
import type { StoreKey } from '../ports/store.ts'
import type { TimerHandle, TimerTarget } from '../ports/timers.ts'
import type { Aor } from '../sip/uri/aor.ts'
import type { Attempt, Delivery } from './delivery.ts'
import { retryFirstMs, retryMaxMs } from './limits.ts'
import { UserMail } from './user-mail.ts'

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

export interface TurnTimers {
  onTurn(recipient: Recipient): void
}

export class Recipient implements TimerTarget {
  readonly aor: Aor
  readonly mail = new UserMail()
  readonly conversations = new Map<Aor, Conversation>()
  /** Ids of operations that have a record. */
  readonly operations = new Set<string>()
  /** Messages that were set aside, oldest first, as keys of their records. */
  setAside: { readonly key: string; readonly expiresMs: number }[] = []
  settled: Settled[] = []
  /** Queue entries of messages that are not there. */
  strayKeys: StoreKey[] = []
  /** The last place given in the order of messages. */
  lastSequence = 0
  /** Not null while the records are read again: what came meanwhile. */
  parked: BusMessage[] | null = null
  /** When queues and waiting deliveries are next looked at. */
  turn: TimerHandle | null = null
  turnAtMs = 0
  readonly #timers: TurnTimers

  constructor(aor: Aor, timers: TurnTimers) {
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
      this.turn === null &&
      this.parked === null &&
      this.lastSequence < nowMs
    )
  }
}
