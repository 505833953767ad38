/**
 * What this worker has asked other servers and waits for: who wants to know, and which server alone may answer. Each
 * ask has a number of its own there, so that a peer can answer nothing but what it was asked.
 */
import type { BusMessage, ReplyAddress } from '../../ports/bus.ts'
import { placesPerServer } from '../../ports/places.ts'
import type { Timers, TimerTarget } from '../../ports/timers.ts'
import type { Aor } from '../../sip/uri/aor.ts'
import { userOf } from './user-of.ts'

export interface Ask {
  readonly number: number
  /** Null where this worker's routes want to know themselves. */
  readonly from: ReplyAddress | null
  readonly message: BusMessage
  readonly server: string
  readonly worker: number
  /** A wrong-home answer has been followed once. */
  readonly isRetry: boolean
  /** The worker of this server by whose link it has left; null: by this one's own. */
  readonly carrier: number | null
  untilMs: number
}

/** Longer than any deadline of who asks but an INVITE's. */
const askKeptMs = 60_000
/** Longer than timer C (RFC 3261 §16.6 step 11), which each provisional response begins anew. */
const inviteKeptMs = 240_000
/** A 2xx to an INVITE comes again until its ACK does: 64·T1, and some. */
const successKeptMs = 40_000
const sweepEveryMs = 20_000

export class Asks implements TimerTarget {
  readonly #timers: Timers
  readonly #nowMs: () => number
  readonly #byNumber = new Map<number, Ask>()
  readonly #invites = new Map<string, Ask>()
  /** By server and user: which worker carries what is not answered, and how much that is. */
  readonly #carried = new Map<string, { carrier: number; count: number }>()
  #next = 1
  #isSweeping = false

  constructor(timers: Timers, nowMs: () => number) {
    this.#timers = timers
    this.#nowMs = nowMs
  }

  add(of: Omit<Ask, 'number' | 'untilMs'>): Ask {
    const isInvite = isInviteForward(of.message)
    const untilMs = this.#nowMs() + (isInvite ? inviteKeptMs : askKeptMs)
    const ask = { ...of, number: this.#next++, untilMs }
    this.#byNumber.set(ask.number, ask)
    if (isInvite && of.from) this.#invites.set(addressKey(of.from), ask)
    if (ask.carrier !== null) this.#countCarried(ask, ask.carrier)
    this.#sweepLater()
    return ask
  }

  /** By whose link the last of what is not answered for this user went there; null where all went by our own. */
  carrierOf(server: string, aor: Aor | null): number | null {
    return this.#carried.size === 0 ? null : (this.#carried.get(carriedKey(server, aor))?.carrier ?? null)
  }

  find(number: number): Ask | null {
    return this.#byNumber.get(number) ?? null
  }

  /** The INVITE that was forwarded for this address. */
  inviteOf(from: ReplyAddress): Ask | null {
    return this.#invites.get(addressKey(from)) ?? null
  }

  /** An outcome has come: more may follow, or nothing does. */
  heard(ask: Ask, status: number): void {
    if (!isInviteForward(ask.message)) {
      if (status === 0 || status >= 200) this.remove(ask)
    } else if (status === 0 || status >= 300) this.remove(ask)
    else ask.untilMs = this.#nowMs() + (status < 200 ? inviteKeptMs : successKeptMs)
  }

  remove(ask: Ask): void {
    const wasOpen = this.#byNumber.delete(ask.number)
    if (wasOpen && ask.carrier !== null) this.#uncountCarried(ask)
    if (ask.from && this.#invites.get(addressKey(ask.from)) === ask) this.#invites.delete(addressKey(ask.from))
  }

  /** In the order of asking. */
  all(): readonly Ask[] {
    return [...this.#byNumber.values()]
  }

  onTimer(): void {
    this.#isSweeping = false
    const nowMs = this.#nowMs()
    for (const ask of this.#byNumber.values()) if (ask.untilMs <= nowMs) this.remove(ask)
    if (this.#byNumber.size > 0) this.#sweepLater()
  }

  #countCarried({ server, message }: Ask, carrier: number): void {
    const key = carriedKey(server, userOf(message))
    const count = (this.#carried.get(key)?.count ?? 0) + 1
    this.#carried.set(key, { carrier, count })
  }

  #uncountCarried({ server, message }: Ask): void {
    const key = carriedKey(server, userOf(message))
    const carried = this.#carried.get(key)
    if (carried && --carried.count === 0) this.#carried.delete(key)
  }

  #sweepLater(): void {
    if (this.#isSweeping) return
    this.#isSweeping = true
    this.#timers.set(sweepEveryMs, this, 0)
  }
}

export function isInviteForward(message: BusMessage): boolean {
  return message.kind === 'forward' && message.request.method === 'INVITE'
}

/** Under which a reply is taken here: that of its ask and, below, that of the server which it comes from. */
export function replyNumber(ask: number, server: number): number {
  return ask * placesPerServer + server
}

export function readReplyNumber(number: number): { readonly ask: number; readonly server: number } {
  return { ask: Math.floor(number / placesPerServer), server: number % placesPerServer }
}

function carriedKey(server: string, aor: Aor | null): string {
  return `${server} ${aor}`
}

export function addressKey({ worker, incarnation, half, number }: ReplyAddress): string {
  return `${worker}.${incarnation}.${half}.${number}`
}
