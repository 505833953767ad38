/**
 * Seven workdays in virtual time: leaks, what expires, what happens at night.
 */
import type { Preset } from '../plan.ts'
import { workdayPlan } from './workday.ts'

export const idleWeek: Preset = {
  name: 'idle-week',
  purpose: 'seven days like `workday`; for leaks and expiry, meant for virtual time; quick: two days',
  parameters: () => ({ conversationsPerHour: 1 }),
  plan: (parameters, { driver, quick }) =>
    workdayPlan(parameters.rampPerSecond, quick ? 2 : 7, quick && driver === 'live' ? 240 : 1),
}
