/**
 * Monday, nine o'clock: everybody signs in within a quarter of an hour, with full TLS handshakes.
 */
import type { Preset } from '../plan.ts'
import { minuteMs, secondMs, signedInUsers, spreadMeetings } from './steady.ts'

export const morning: Preset = {
  name: 'morning',
  purpose: 'all users sign in within 15 min, full TLS handshakes, half the activity, then 10 min to settle',
  parameters: () => ({ ...spreadMeetings, tlsResumption: 0 }),
  plan(parameters, { quick }) {
    const comingMs = quick ? 30 * secondMs : 15 * minuteMs
    const measureMs = comingMs + (quick ? 30 * secondMs : 10 * minuteMs)
    return {
      durationMs: measureMs,
      windows: { warmUpMs: 0, measureMs },
      activity: [0.5],
      arrival: {
        kind: 'ramp',
        perSecond: (signedInUsers(parameters) / comingMs) * secondMs,
        steps: [{ atMs: 0, share: parameters.concurrency }],
        order: 'random',
      },
      storms: [],
      speed: 1,
    }
  },
}
