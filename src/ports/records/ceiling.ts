/**
 * Expiries are stored ahead of what was promised, so that most refreshes write nothing.
 */

/** Every fourth refresh writes. */
const usualPeriods = 4

/** What is stored for something that expires then and is refreshed once a period. */
export function storedCeilingMs(expiresMs: number, periodMs: number, periods = usualPeriods): number {
  return expiresMs + (periods - 1) * periodMs
}
