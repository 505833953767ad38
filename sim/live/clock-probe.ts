/**
 * Whether the clocks of all threads of users are one: a message is delivered by the clock of its receiver and was due
 * by that of its sender, so a clock that is ahead makes every way longer or shorter by as much.
 */
import type { ValidityReading } from '../measure/run-record.ts'

/** A clock was asked: when by ours, what it said, and when by ours the answer was there. Microseconds. */
export interface ClockAsking {
  readonly askedUs: number
  readonly saidUs: number
  readonly toldUs: number
}

/** Two clocks that differ by more than this, after what the asking itself leaves open, are two clocks. */
const toleranceUs = 2_000
/** The asking that took least time says most. */
export const askings = 5

export async function askClock(nowUs: () => number, ask: () => Promise<number>): Promise<ClockAsking> {
  let best: ClockAsking | null = null
  for (let time = 0; time < askings; time++) {
    const askedUs = nowUs()
    const saidUs = await ask()
    const asking = { askedUs, saidUs, toldUs: nowUs() }
    if (best === null || asking.toldUs - askedUs < best.toldUs - best.askedUs) best = asking
  }
  return best!
}

/** How far it is certainly ahead (or, negative, behind): 0 where it may be right. */
export function offsetUs({ askedUs, saidUs, toldUs }: ClockAsking): number {
  if (saidUs > toldUs) return saidUs - toldUs
  return saidUs < askedUs ? saidUs - askedUs : 0
}

export function clockReading(all: readonly ClockAsking[]): ValidityReading {
  const worst = all.map((asking) => offsetUs(asking)).sort((one, other) => Math.abs(other) - Math.abs(one))[0] ?? 0
  return {
    check: 'generator: clock of a thread against the first',
    reading: `${(worst / 1_000).toFixed(1)} ms`,
    limit: `${toleranceUs / 1_000} ms`,
    ok: Math.abs(worst) <= toleranceUs,
  }
}
