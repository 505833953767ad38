/**
 * Expiries are stored ahead of what was promised, so that most refreshes write nothing.
 */

/** Every fourth refresh writes. */
const ceilingPeriods = 4

/** What is stored for something that expires then and is refreshed once a period. */
export function storedCeilingMs(expiresMs: number, periodMs: number): number {
  return expiresMs + (ceilingPeriods - 1) * periodMs
}
