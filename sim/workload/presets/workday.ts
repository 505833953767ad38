/**
 * A day from midnight to midnight: people come in the morning, work, and go home.
 */
import type { Arrival, Plan, Preset } from '../plan.ts'
import { dayMs, hourMs } from '../rate-curve.ts'
import { minuteMs } from './steady.ts'

/** Hour by hour from midnight; 8.69 busy hours in all. */
export const workdayActivity: readonly number[] = [
  0.01, 0.01, 0.01, 0.01, 0.01, 0.01, 0.02, 0.1, 0.5, 0.9, 1, 1, 0.6, 0.7, 1, 1, 0.9, 0.5, 0.2, 0.1, 0.05, 0.03, 0.02,
  0.01,
]

export function workdayArrival(perSecond: number): Arrival {
  return {
    kind: 'workday',
    perSecond,
    comingShare: 0.92,
    stayingShare: 0.1,
    comeAtMs: 8 * hourMs + 50 * minuteMs,
    comeSigmaMs: 25 * minuteMs,
    comeCutMs: 60 * minuteMs,
    lengthMs: 9.5 * hourMs,
    lengthSigmaMs: hourMs,
    lengthMinMs: 2 * hourMs,
  }
}

export function workdayPlan(perSecond: number, days: number, speed: number): Plan {
  return {
    durationMs: days * dayMs,
    windows: { warmUpMs: 0, measureMs: days * dayMs },
    activity: workdayActivity,
    arrival: workdayArrival(perSecond),
    storms: [],
    speed,
  }
}

export const workday: Preset = {
  name: 'workday',
  purpose: '24 hours: 92 % of the users come between 7:50 and 9:50, stay about 9.5 h; quick live runs at 60 times',
  parameters: () => ({ conversationsPerHour: 1 }),
  plan: (parameters, { driver, quick }) =>
    workdayPlan(parameters.rampPerSecond, 1, quick && driver === 'live' ? 60 : 1),
}
