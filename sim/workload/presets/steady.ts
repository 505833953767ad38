/**
 * What the presets have in common that put a steady load under something: users sign in at an even pace, then an hour
 * like any other goes on.
 */
import type { Parameters } from '../parameters.ts'
import type { Arrival, Form, Plan, Storm } from '../plan.ts'

export const secondMs = 1_000
export const minuteMs = 60_000

export function signedInUsers({ users, concurrency }: Parameters): number {
  return Math.max(1, Math.round(users * concurrency))
}

/** Until the last of the users has signed in. */
export function rampMs(parameters: Parameters): number {
  return Math.ceil((signedInUsers(parameters) / parameters.rampPerSecond) * secondMs)
}

export function ramp(parameters: Parameters): Arrival {
  const { rampPerSecond, concurrency } = parameters
  return { kind: 'ramp', perSecond: rampPerSecond, steps: [{ atMs: 0, share: concurrency }], order: 'random' }
}

/** When everybody is there and the load may be looked at: refreshes have spread in the virtual form. */
export function settledMs(parameters: Parameters, { driver, quick }: Form): number {
  const waitMs = quick
    ? 20 * secondMs
    : driver === 'live'
      ? 5 * minuteMs
      : Math.ceil(1.2 * parameters.expiresSeconds * secondMs)
  return rampMs(parameters) + waitMs
}

export function steadyPlan(parameters: Parameters, form: Form, measureMs: number, storms: readonly Storm[] = []): Plan {
  const warmUpMs = settledMs(parameters, form)
  return {
    durationMs: warmUpMs + measureMs,
    windows: { warmUpMs, measureMs },
    activity: [1],
    arrival: ramp(parameters),
    storms,
    speed: 1,
  }
}

/** A window shorter than an hour would see all of the meetings of an hour, or none. */
export const spreadMeetings: Partial<Parameters> = { meetingJitterSeconds: 900 }
