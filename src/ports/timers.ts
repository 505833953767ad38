/**
 * Timers without a closure each: a target object is told the kind that it chose. One wheel per worker stands behind
 * this.
 */
export interface TimerTarget {
  /** Called once, in a unit of work of its own, when the time has passed. `kind` is what `set` was given. */
  onTimer(kind: number): void
}

/** What `set` returns; opaque. Cancelling twice, or after it fired, does nothing. */
export interface TimerHandle {
  readonly target: TimerTarget | null
}

export interface Timers {
  set(delayMs: number, target: TimerTarget, kind: number): TimerHandle
  cancel(handle: TimerHandle): void
}
