/** `--now`: the date that a report carries, so that the same run gives the same bytes. */
import type { OptionDescription } from '../command.ts'

export const dateOption: OptionDescription = {
  flags: '--now <time>',
  text: 'what the report has as its date, as ISO 8601',
  default: 'the clock’s',
}

export const dateMistake = '--now: expected a time such as 2026-11-26T12:00:00Z'

/** Milliseconds since 1970; null where it is no time. */
export function reportDateMs(now: unknown): number | null {
  const ms = now === undefined ? Date.now() : Date.parse(String(now))
  return Number.isNaN(ms) ? null : ms
}
