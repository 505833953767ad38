/**
 * The two clocks that the core may read, plus the system's own. Who makes them: `src/runtime/` (real), `sim/`
 * (virtual).
 */
export interface Clock {
  /** Milliseconds of a clock that never steps, from an arbitrary start. For timers and durations only. */
  monotonicMs(): number
  /**
   * Milliseconds since 1970 of the steady wall clock, which is drawn slowly towards the system's. For expiries only.
   */
  wallMs(): number
  /** Milliseconds since 1970 of the system's clock, which may step. For Date headers, tokens, certificates. */
  systemMs(): number
}
