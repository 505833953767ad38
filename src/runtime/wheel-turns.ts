/**
 * Turns the wheel of timers of a worker: at the moment when the next is due, and soon after anything has been done.
 * Nothing is looked at while nothing happens, since each look wakes a thread. How late a look comes tells how far the
 * event loop is behind.
 */
import type { TimerHandle, Timers, TimerTarget } from '../ports/timers.ts'
import { TimerWheel, tickMs } from './timer-wheel.ts'

/** A look this much too late is the event loop's lateness, and is followed by another soon: is it still? */
const lateMs = tickMs
/** Without anything to do: what is smoothed over time falls, and a clock that jumped is noticed. */
const idleLookMs = 1_000

export interface WheelTurnsOptions {
  readonly monotonicMs: () => number
  /** How long the thread has rested in all: what a look is late for that is no lateness. */
  readonly restedMs: () => number
  /** Before the timers that are due; how much later than planned, in milliseconds. */
  readonly onLook: (lateMs: number) => void
  /** Has the timers that are due told. */
  readonly run: (timers: () => void) => void
  /** After them. */
  readonly onTurn: () => void
}

export class WheelTurns implements Timers {
  readonly #wheel: TimerWheel
  readonly #options: WheelTurnsOptions
  #timer: NodeJS.Timeout | null = null
  #plannedAtMs = Number.POSITIVE_INFINITY
  #restedBeforeMs = 0
  #isSoon = false
  #isStopped = true

  constructor(options: WheelTurnsOptions) {
    this.#options = options
    this.#wheel = new TimerWheel(options)
  }

  start(): void {
    this.#isStopped = false
    this.soon()
  }

  stop(): void {
    this.#isStopped = true
    if (this.#timer) clearTimeout(this.#timer)
    this.#timer = null
  }

  set(delayMs: number, target: TimerTarget, kind: number): TimerHandle {
    this.soon()
    return this.#wheel.set(delayMs, target, kind)
  }

  cancel(handle: TimerHandle): void {
    this.#wheel.cancel(handle)
  }

  /** Something was done: a timer may be due within a tick of the wheel, and what is in no hurry waits for that. */
  soon(): void {
    if (this.#isSoon || this.#isStopped) return
    this.#isSoon = true
    this.#planFor(this.#options.monotonicMs(), tickMs)
  }

  #planFor(nowMs: number, delayMs: number): void {
    if (nowMs + delayMs >= this.#plannedAtMs) return
    if (this.#timer) clearTimeout(this.#timer)
    this.#plannedAtMs = nowMs + delayMs
    this.#restedBeforeMs = this.#options.restedMs()
    this.#timer = setTimeout(() => this.#look(), delayMs)
  }

  #look(): void {
    const nowMs = this.#options.monotonicMs()
    const late = Math.max(0, nowMs - this.#plannedAtMs - (this.#options.restedMs() - this.#restedBeforeMs))
    this.#plannedAtMs = Number.POSITIVE_INFINITY
    this.#timer = null
    this.#isSoon = false
    this.#options.onLook(late)
    this.#options.run(() => this.#wheel.advance(nowMs))
    if (late >= lateMs) this.soon()
    // One more: Node's timers count in whole milliseconds from when the loop last looked at the clock.
    const dueInMs = Math.max(tickMs, Math.ceil(this.#wheel.nextDueMs() - nowMs) + 1)
    if (!this.#isStopped) this.#planFor(nowMs, Math.min(dueInMs, idleLookMs))
    this.#options.onTurn()
  }
}
