/**
 * What a presentity's own user is told of the watchers (RFC 3857 §4.7.1): one standing for each watching user, whose
 * subscriptions are not told apart. Who went away before the user had decided stays *waiting*: soft state, bounded in
 * number and time, gone with the worker.
 */
import type { Clock } from '../../ports/clock.ts'
import type { PolicyParty } from '../../ports/policy.ts'
import type { SeeVerdict } from '../../ports/presence-bus.ts'
import type { Aor } from '../../sip/uri/aor.ts'

export interface Standing {
  readonly status: 'pending' | 'active' | 'waiting' | 'terminated'
  readonly event: 'subscribe' | 'approved' | 'rejected' | 'timeout' | 'giveup' | 'noresource'
}

export interface WatcherStanding extends Standing {
  readonly watcher: Aor
  /** Since when it has watched, steady wall clock. */
  readonly sinceMs: number
}

/** Called in the midst of a change, where no unit may begin. */
export type WatcherListener = (presentity: Aor, standing: WatcherStanding) => void

export interface WatcherInfoSource {
  of(presentity: Aor): readonly WatcherStanding[]
  listen(listener: WatcherListener): void
}

interface Waiting {
  readonly party: PolicyParty
  readonly sinceMs: number
  readonly endedMs: number
}

const waitingMax = 100
const waitingMs = 3 * 24 * 60 * 60 * 1000
const isWaiting: Standing = { status: 'waiting', event: 'timeout' }
const isGivenUp: Standing = { status: 'terminated', event: 'giveup' }

export class WatcherStandings {
  readonly #clock: Clock
  /** By presentity; the longest waiting first. */
  readonly #waiting = new Map<Aor, Map<Aor, Waiting>>()
  readonly #listeners: WatcherListener[] = []

  constructor(clock: Clock) {
    this.#clock = clock
  }

  listen(listener: WatcherListener): void {
    this.#listeners.push(listener)
  }

  waitingFor(presentity: Aor): readonly WatcherStanding[] {
    return [...(this.#waiting.get(presentity) ?? [])].map(([watcher, { sinceMs }]) => {
      return { watcher, sinceMs, ...isWaiting }
    })
  }

  /** Null before: it is new. To be called in a change. */
  judged(
    presentity: Aor,
    watcher: Aor,
    sinceMs: number,
    [before, after]: readonly [SeeVerdict | null, SeeVerdict],
  ): void {
    this.#remove(presentity, watcher)
    const standing = standingAfter(before, after)
    if (standing) this.#tell(presentity, { watcher, sinceMs, ...standing })
  }

  /** Nobody of this user watches any more. To be called in a change. */
  ended(presentity: Aor, party: PolicyParty, sinceMs: number, last: SeeVerdict): void {
    const standing = standingAfterEnd(last)
    if (!standing) return
    if (standing.status === 'waiting') this.#wait(presentity, party, sinceMs)
    this.#tell(presentity, { watcher: party.aor, sinceMs, ...standing })
  }

  /**
   * The user has decided about those that wait, or about some of them; null: it is not known. To be called in a change.
   */
  judgeWaiting(presentity: Aor | null, judge: (presentity: Aor, party: PolicyParty) => SeeVerdict | null): void {
    for (const aor of presentity === null ? [...this.#waiting.keys()] : [presentity]) {
      for (const { party } of [...(this.#waiting.get(aor)?.values() ?? [])]) {
        const { event } = standingAfter('confirm', judge(aor, party) ?? 'confirm') ?? isWaiting
        if (event !== 'timeout') this.#settle(aor, party.aor, { status: 'terminated', event })
      }
    }
  }

  /** Those that have waited too long. */
  sweep(): void {
    const endedMs = this.#clock.wallMs() - waitingMs
    for (const [presentity, waiting] of [...this.#waiting]) {
      for (const [watcher, each] of [...waiting]) {
        if (each.endedMs <= endedMs) this.#settle(presentity, watcher, isGivenUp)
      }
    }
  }

  #wait(presentity: Aor, party: PolicyParty, sinceMs: number): void {
    const waiting = this.#waiting.get(presentity) ?? new Map<Aor, Waiting>()
    this.#waiting.set(presentity, waiting)
    waiting.set(party.aor, { party, sinceMs, endedMs: this.#clock.wallMs() })
    const [longest] = waiting.keys()
    if (waiting.size > waitingMax && longest) this.#settle(presentity, longest, isGivenUp)
  }

  #settle(presentity: Aor, watcher: Aor, standing: Standing): void {
    const waiting = this.#remove(presentity, watcher)
    if (waiting) this.#tell(presentity, { watcher, sinceMs: waiting.sinceMs, ...standing })
  }

  #remove(presentity: Aor, watcher: Aor): Waiting | null {
    const waiting = this.#waiting.get(presentity)
    const found = waiting?.get(watcher) ?? null
    waiting?.delete(watcher)
    if (waiting?.size === 0) this.#waiting.delete(presentity)
    return found
  }

  #tell(presentity: Aor, standing: WatcherStanding): void {
    for (const listener of this.#listeners) listener(presentity, standing)
  }
}

/** A polite block is a subscription that stands and shows nothing. */
function isActive(verdict: SeeVerdict | null): boolean {
  return verdict === 'allow' || verdict === 'polite-block'
}

/** As it stands, whatever was before; null: it is not named. */
export function standingOf(verdict: SeeVerdict): Standing | null {
  const standing = standingAfter(null, verdict)
  return standing?.status === 'terminated' ? null : standing
}

/** Null: nothing that the user is told has changed. */
export function standingAfter(before: SeeVerdict | null, after: SeeVerdict): Standing | null {
  if (before === after || (isActive(before) && isActive(after))) return null
  if (isActive(after)) {
    return { status: 'active', event: before === 'confirm' || before === 'block' ? 'approved' : 'subscribe' }
  }
  if (after === 'confirm') return { status: 'pending', event: 'subscribe' }
  if (after === 'block') return { status: 'terminated', event: 'rejected' }
  return before === null || before === 'block' ? null : { status: 'terminated', event: 'noresource' }
}

function standingAfterEnd(last: SeeVerdict): Standing | null {
  if (isActive(last)) return { status: 'terminated', event: 'timeout' }
  return last === 'confirm' ? isWaiting : null
}
