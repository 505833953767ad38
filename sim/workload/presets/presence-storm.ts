/**
 * A meeting of the whole company begins, three times: a third of all users changes state at once.
 */
import type { Preset, Storm } from '../plan.ts'
import { minuteMs, secondMs, settledMs, spreadMeetings, steadyPlan } from './steady.ts'

const meetings = 3

export const presenceStorm: Preset = {
  name: 'presence-storm',
  purpose: 'three times, 5 min apart, 30 % of the users change their state within 10 s',
  parameters: () => spreadMeetings,
  plan(parameters, form) {
    const gapMs = form.quick ? 40 * secondMs : 5 * minuteMs
    const firstMs = settledMs(parameters, form)
    const storms = Array.from({ length: meetings }, (_, index): Storm => {
      return { kind: 'presence', atMs: firstMs + index * gapMs, withinMs: 10 * secondMs, share: 0.3 }
    })
    return steadyPlan(parameters, form, meetings * gapMs, storms)
  },
}
