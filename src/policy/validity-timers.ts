/**
 * When a user's rules say something else by themselves: a validity (RFC 4745 §7.3) begins or ends. One timer a user, at
 * the nearest of these moments; users whose rules nobody asks about have none.
 */
import type { Clock } from '../ports/clock.ts'
import type { TimerHandle, Timers, TimerTarget } from '../ports/timers.ts'
import type { Aor } from '../sip/uri/aor.ts'
import type { Rule } from './rule-set.ts'

/** The system's clock may be set meanwhile: after this it is looked at again. */
const lookAgainMs = 3_600_000
/** A document has room for thousands of moments, and each makes all watchers be judged again. */
const betweenMsMin = 1_000

/** The next moment, on the system's clock, at which a rule begins or ends to apply; null: there is none. */
export function nextChangeMs(rules: readonly Rule[], nowMs: number): number | null {
  let nextMs: number | null = null
  for (const { fromMs, untilMs } of rules.flatMap(({ validity }) => validity ?? [])) {
    for (const atMs of [fromMs, untilMs]) {
      if (atMs > nowMs && atMs < (nextMs ?? Number.POSITIVE_INFINITY)) nextMs = atMs
    }
  }
  return nextMs
}

class Waiting implements TimerTarget {
  readonly aor: Aor
  readonly dueMs: number
  timer: TimerHandle | null = null
  readonly #onTime: (waiting: Waiting) => void

  constructor(aor: Aor, dueMs: number, onTime: (waiting: Waiting) => void) {
    this.aor = aor
    this.dueMs = dueMs
    this.#onTime = onTime
  }

  onTimer(): void {
    this.#onTime(this)
  }
}

export class ValidityTimers {
  readonly #clock: Pick<Clock, 'systemMs'>
  readonly #timers: Timers
  readonly #onChange: (aor: Aor) => readonly Rule[]
  readonly #waiting = new Map<Aor, Waiting>()

  /** `onChange`: what this user's rules, which it returns, say is something else from now on. */
  constructor(parts: { clock: Pick<Clock, 'systemMs'>; timers: Timers; onChange: (aor: Aor) => readonly Rule[] }) {
    this.#clock = parts.clock
    this.#timers = parts.timers
    this.#onChange = parts.onChange
  }

  /** How many users are waited for. */
  get count(): number {
    return this.#waiting.size
  }

  /** These rules are what the user is judged by; to be said as often as one likes. */
  expect(aor: Aor, rules: readonly Rule[]): void {
    if (!this.#waiting.has(aor)) this.#await(aor, rules, 0)
  }

  /** There are other rules, or none. */
  forget(aor: Aor): void {
    const waiting = this.#waiting.get(aor)
    if (waiting?.timer) this.#timers.cancel(waiting.timer)
    this.#waiting.delete(aor)
  }

  #await(aor: Aor, rules: readonly Rule[], earliestMs: number): void {
    const atMs = nextChangeMs(rules, this.#clock.systemMs())
    if (atMs === null) return
    const waiting = new Waiting(aor, Math.max(atMs, earliestMs), (each) => this.#onTime(each))
    this.#waiting.set(aor, waiting)
    this.#start(waiting)
  }

  #start(waiting: Waiting): void {
    const leftMs = Math.max(0, waiting.dueMs - this.#clock.systemMs())
    waiting.timer = this.#timers.set(Math.min(leftMs, lookAgainMs), waiting, 0)
  }

  #onTime(waiting: Waiting): void {
    const nowMs = this.#clock.systemMs()
    if (nowMs < waiting.dueMs) return this.#start(waiting)
    const { aor } = waiting
    const rules = this.#onChange(aor)
    if (this.#waiting.get(aor) !== waiting) return
    this.#waiting.delete(aor)
    this.#await(aor, rules, nowMs + betweenMsMin)
  }
}
