/**
 * What is for a user who has got another home just now, in its order: the old home sends back what had been sent to
 * it, and what comes meanwhile must not overtake that. So it all waits until the old home has answered everything that
 * it was asked for this user, and then goes to the new one, the oldest first.
 */
import type { BusMessage } from '../../ports/bus.ts'
import type { Timers, TimerTarget } from '../../ports/timers.ts'
import type { Aor } from '../../sip/uri/aor.ts'
import type { Ask } from './asks.ts'

/** The old home answers at once; where it does not, order is worth no more than this. */
const waitMs = 2_000

interface SentBack {
  readonly number: number
  readonly message: BusMessage
}

class Reroute implements TimerTarget {
  readonly aor: Aor
  /** Numbers of asks that the old home has not answered. */
  readonly open: Set<number>
  readonly sentBack: SentBack[] = []
  readonly newer: BusMessage[] = []
  readonly #end: (reroute: Reroute) => void

  constructor(aor: Aor, open: Set<number>, end: (reroute: Reroute) => void) {
    this.aor = aor
    this.open = open
    this.#end = end
  }

  onTimer(): void {
    this.#end(this)
  }
}

export class Reroutes {
  readonly #timers: Timers
  readonly #send: (message: BusMessage, isRetry: boolean) => void
  readonly #byAor = new Map<Aor, Reroute>()

  /** `send`: to the user's home as it is known now. */
  constructor(timers: Timers, send: (message: BusMessage, isRetry: boolean) => void) {
    this.#timers = timers
    this.#send = send
  }

  /** His home may be another one; `open`: what was asked for this user and is not answered. */
  begin(aor: Aor, open: readonly Ask[]): void {
    if (open.length > 0) this.#reroute(aor, open)
  }

  /** `others`: what the same server was asked for this user and has not answered. */
  sentBack(ask: Ask, aor: Aor, others: readonly Ask[]): void {
    this.#reroute(aor, others).sentBack.push({ number: ask.number, message: ask.message })
    this.answered(ask, aor)
  }

  #reroute(aor: Aor, open: readonly Ask[]): Reroute {
    const known = this.#byAor.get(aor)
    if (known) return known
    const reroute = new Reroute(aor, new Set(open.map(({ number }) => number)), (each) => this.#end(each))
    this.#byAor.set(aor, reroute)
    this.#timers.set(waitMs, reroute, 0)
    return reroute
  }

  /** It was answered otherwise, or is lost. */
  answered({ number }: Ask, aor: Aor | null): void {
    if (this.#byAor.size === 0 || aor === null) return
    const reroute = this.#byAor.get(aor)
    if (!reroute) return
    reroute.open.delete(number)
    if (reroute.open.size === 0) this.#end(reroute)
  }

  /** True: it waits behind what is sent back. */
  takes(message: BusMessage, aor: Aor): boolean {
    const reroute = this.#byAor.get(aor)
    reroute?.newer.push(message)
    return reroute !== undefined
  }

  #end(reroute: Reroute): void {
    if (this.#byAor.get(reroute.aor) !== reroute) return
    this.#byAor.delete(reroute.aor)
    reroute.sentBack.sort((a, b) => a.number - b.number)
    for (const { message } of reroute.sentBack) this.#send(message, true)
    for (const message of reroute.newer) this.#send(message, false)
  }
}
