/**
 * The server is killed in the middle of a steady hour, and everybody comes back at once.
 */
import type { Preset } from '../plan.ts'
import { minuteMs, secondMs, settledMs, spreadMeetings, steadyPlan } from './steady.ts'

export const restartStorm: Preset = {
  name: 'restart-storm',
  purpose: 'a steady hour for 5 min, then SIGKILL and a start at once; until everybody is back, at most 15 min',
  parameters: () => spreadMeetings,
  plan(parameters, form) {
    const atMs = settledMs(parameters, { ...form, driver: 'live' })
    const measureMs = form.quick ? 90 * secondMs : 15 * minuteMs
    return steadyPlan(parameters, { ...form, driver: 'live' }, measureMs, [{ kind: 'kill-server', atMs }])
  },
}
