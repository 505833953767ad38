/**
 * The value of an option that is a count.
 */

/** Null where it is no whole number, or beyond a bound. */
export function wholeNumber(given: unknown, min: number, max: number): number | null {
  const number = Number(given)
  return Number.isInteger(number) && number >= min && number <= max ? number : null
}
