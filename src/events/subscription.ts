/**
 * One subscription (RFC 6665 §4.1): its dialog, what it is to, how it is reached, and what is on its way to it. Held
 * by `Subscriptions`, driven by `Notifier`; no logic but what follows from its own fields.
 */
import type { AnswerMessage, ForwardTarget } from '../ports/bus.ts'
import type { TransportName } from '../ports/flows.ts'
import type { TimerHandle, TimerTarget } from '../ports/timers.ts'
import type { Dialog } from '../sip/dialog/dialog.ts'
import { saidBy } from '../sip/message/quoted-string.ts'
import type { Aor } from '../sip/uri/aor.ts'
import { AdaptiveRate } from './adaptive-rate.ts'
import type { EventPackage } from './event-package.ts'
import type { SubscriptionHandle } from './subscription-handle.ts'

/** What a NOTIFY says in Subscription-State; `asked`: the package has not decided yet and nothing may leave. */
export type SubscriptionState = 'asked' | 'pending' | 'active' | 'terminated'

/** Why a subscription ends (RFC 6665 §4.1.3), as its last NOTIFY tells. */
export type EndReason = 'deactivated' | 'probation' | 'rejected' | 'timeout' | 'giveup' | 'noresource' | 'invariant'

/** How much has to be told: nothing, what is new, or everything. */
export type Owed = 'nothing' | 'changes' | 'full'

/** What the notifier's timers do: each subscription has at most one of both. */
export const timerKinds = { expiry: 0, mayNotify: 1 } as const

export interface SubscriptionParts {
  readonly number: number
  readonly watcher: Aor
  readonly eventPackage: EventPackage
  readonly eventId: string | null
  /** The Request-URI that it was made with. */
  readonly resourceUri: string
  readonly deviceKey: string | null
  readonly dialog: Dialog
  readonly accept: readonly string[] | null
  readonly supportsLists: boolean
  readonly supportsPartial: boolean
}

/** What each SUBSCRIBE of it says anew. */
export interface SubscriptionTerms {
  readonly target: ForwardTarget | null
  readonly contact: string
  readonly expiresMs: number
  readonly minGapMs: number
  readonly maxGapMs: number
  readonly adaptiveGapMs: number
  readonly accept: readonly string[] | null
  readonly supportsPartial: boolean
}

/** Who is told that a time is over: expiry, or the end of a wait. */
export interface SubscriptionTimers {
  onTimer(subscription: Subscription, kind: number): void
}

/** Its own timer target: a closure for each would be 130 bytes. */
export class Subscription implements SubscriptionHandle, TimerTarget {
  readonly number: number
  readonly watcher: Aor
  readonly eventPackage: EventPackage
  readonly eventId: string | null
  readonly resourceUri: string
  /** The device behind it where it is recognised on a new flow. */
  deviceKey: string | null
  readonly dialog: Dialog
  accept: readonly string[] | null
  supportsLists: boolean
  supportsPartial: boolean
  state: SubscriptionState = 'asked'
  /** Where NOTIFYs go now; null while the device is off line: then nothing is sent. */
  target: ForwardTarget | null = null
  /** Our own address at that flow, for Contact. */
  contact = ''
  expiresMs = 0
  /** Stored expiry: a refresh below it writes nothing. 0: not stored. */
  ceilingMs = 0
  /** CSeq numbers below this are reserved in the store. */
  sequenceCeiling = 0
  minGapMs = 0
  maxGapMs = 0
  /** RFC 6446 §6; null where it was not asked for. */
  adaptiveRate: AdaptiveRate | null = null
  owed: Owed = 'nothing'
  /** Number of the NOTIFY that has left and is not answered yet; 0: there is none. */
  inFlight = 0
  endReason: EndReason | null = null
  lastNotifyMs = Number.NEGATIVE_INFINITY
  /** What is owed waits until then, for more of it or because the device has asked so, monotonic; 0: it does not. */
  gathersUntilMs = 0
  /** Of the newest PUBLISH (or other cause) that is owed, steady wall clock; 0 for none: for the latency metric. */
  causeMs = 0
  /** What the watcher said that it has (`condition.ts`), until it is told another state or says something else. */
  suppressIfMatch: string | null = null
  /** Entity tag of the state that was told last; null: none was, or it has none. */
  toldTag: string | null = null
  /** The watcher has named another: what is new since then nobody knows (RFC 5839 §6.4). */
  hasOther = false
  /** Beside the state something has to be told of the subscription, also to who has the state (RFC 5839 §6.2). */
  owesWord = false
  /** The SUBSCRIBE that made it, while the package asks elsewhere. */
  waitingAnswer: { readonly answer: AnswerMessage; timer: TimerHandle } | null = null
  expiry: TimerHandle | null = null
  mayNotify: TimerHandle | null = null
  /** What the package keeps for it. */
  data: unknown = null

  readonly #timers: SubscriptionTimers

  constructor(parts: SubscriptionParts, timers: SubscriptionTimers) {
    this.number = parts.number
    this.watcher = parts.watcher
    this.eventPackage = parts.eventPackage
    this.eventId = parts.eventId
    this.resourceUri = parts.resourceUri
    this.deviceKey = parts.deviceKey
    this.dialog = parts.dialog
    this.accept = parts.accept
    this.supportsLists = parts.supportsLists
    this.supportsPartial = parts.supportsPartial
    this.#timers = timers
  }

  /** The same dialog may carry several (RFC 6665 §4.5.2 forbids it, old clients do it): `id` and package tell them. */
  get key(): string {
    return subscriptionKey(this.dialog.key, this.eventPackage.name, this.eventId)
  }

  onTimer(kind: number): void {
    this.#timers.onTimer(this, kind)
  }

  get adaptiveGapMs(): number {
    return this.adaptiveRate?.gapMs ?? 0
  }

  /** To be called in a change. */
  agree(terms: SubscriptionTerms): void {
    this.target = terms.target
    this.contact = terms.contact
    this.expiresMs = terms.expiresMs
    this.accept = terms.accept
    this.supportsPartial = terms.supportsPartial
    this.setRates(terms)
  }

  setRates(terms: Pick<SubscriptionTerms, 'minGapMs' | 'maxGapMs' | 'adaptiveGapMs'>): void {
    this.minGapMs = terms.minGapMs
    this.maxGapMs = terms.maxGapMs
    if (terms.adaptiveGapMs === this.adaptiveGapMs) return
    this.adaptiveRate = terms.adaptiveGapMs === 0 ? null : new AdaptiveRate(terms.adaptiveGapMs)
  }

  get transport(): TransportName | null {
    return this.target?.transport ?? null
  }

  get isInFlight(): boolean {
    return this.inFlight !== 0
  }

  /** A refresh may ask for another amount, never for less. */
  owe(owed: Owed): void {
    if (owed === 'full' || this.owed === 'nothing') this.owed = owed
  }

  /** A NOTIFY must leave, whatever its watcher has. */
  oweWord(): void {
    this.owe('full')
    this.owesWord = true
  }
}

export function subscriptionKey(dialogKey: string, event: string, eventId: string | null): string {
  return `${dialogKey}\n${event}\n${saidBy(eventId ?? '')}`
}
