/**
 * Everybody talks at once, three times: something has happened.
 */
import type { Preset, Storm } from '../plan.ts'
import { minuteMs, secondMs, settledMs, spreadMeetings, steadyPlan } from './steady.ts'

const bursts = 3

export const imBurst: Preset = {
  name: 'im-burst',
  purpose: 'three times, 4 min apart, ten times the messages for 60 s, and one user writes to 500 others in 10 s',
  parameters: () => spreadMeetings,
  plan(parameters, form) {
    const gapMs = form.quick ? 40 * secondMs : 4 * minuteMs
    const firstMs = settledMs(parameters, form)
    const storms = Array.from({ length: bursts }, (_, index): Storm => {
      const atMs = firstMs + index * gapMs
      const forMs = form.quick ? 10 * secondMs : 60 * secondMs
      return { kind: 'messages', atMs, forMs, factor: 10, recipients: 500, withinMs: 10 * secondMs }
    })
    return steadyPlan(parameters, form, bursts * gapMs, storms)
  },
}
