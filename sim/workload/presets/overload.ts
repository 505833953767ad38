/**
 * From half of the found limit to three times as much. `users` are then three times the limit; they come team by team,
 * so that those who are there have their contacts there too, and each step is a steady hour of its size.
 */
import type { Preset } from '../plan.ts'
import { minuteMs, secondMs, spreadMeetings } from './steady.ts'

/** Parts of the found limit. */
export const overloadSteps: readonly number[] = [0.5, 1, 1.5, 2, 3]

export const overload: Preset = {
  name: 'overload',
  purpose: 'a steady load at 0.5, 1, 1.5, 2 and 3 times the limit, 3 min each; give three times the limit as `users`',
  parameters: () => spreadMeetings,
  plan(parameters, { quick }) {
    const most = overloadSteps.at(-1)!
    const holdMs = quick ? 20 * secondMs : 3 * minuteMs
    let atMs = 0
    let before = 0
    const steps = overloadSteps.map((part) => {
      const share = (part / most) * parameters.concurrency
      const step = { atMs, share }
      const comingMs = Math.ceil((((share - before) * parameters.users) / parameters.rampPerSecond) * secondMs)
      atMs += comingMs + holdMs
      before = share
      return step
    })
    return {
      durationMs: atMs,
      windows: { warmUpMs: 0, measureMs: atMs },
      activity: [1],
      arrival: { kind: 'ramp', perSecond: parameters.rampPerSecond, steps, order: 'by-team' },
      storms: [],
      speed: 1,
    }
  },
}
