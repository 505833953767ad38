/**
 * The headline preset: everybody is signed in, and the busiest hour of the day goes on.
 */
import type { Preset } from '../plan.ts'
import { minuteMs, secondMs, spreadMeetings, steadyPlan } from './steady.ts'

export const steadyHour: Preset = {
  name: 'steady-hour',
  purpose: 'the busiest hour of the day, everybody signed in; live 5 min of warm-up and 10 min, virtual an hour',
  parameters: ({ driver, quick }) => (quick || driver === 'live' ? spreadMeetings : {}),
  plan(parameters, form) {
    if (form.quick) return steadyPlan(parameters, form, 100 * secondMs)
    return steadyPlan(parameters, form, form.driver === 'live' ? 10 * minuteMs : 60 * minuteMs)
  },
}
