/**
 * `meridian presence clear`: takes back what was set for a user.
 */
import type { CommandDescription, Invocation, Outcome } from '../command.ts'
import { done } from '../command.ts'
import { refusedOutcome, withBackend } from '../open-backend.ts'
import { calendarOption, presenceExitCodes, summaryText, userArgument } from './report.ts'

export const description: CommandDescription = {
  path: ['presence', 'clear'],
  purpose: 'take back what was set for a user; what devices say goes on',
  arguments: [userArgument],
  options: [calendarOption],
  examples: [
    { line: 'meridian presence clear alice', text: 'only her devices and her calendar speak for her again' },
    { line: 'meridian presence clear alice --calendar', text: 'what her calendar said is gone' },
  ],
  exitCodes: { ...presenceExitCodes, 1: 'there is no such user, nothing was set, or the server does not run' },
}

export async function run(invocation: Invocation): Promise<Outcome> {
  const by = invocation.options.calendar === true ? 'calendar' : 'administrator'
  return withBackend(invocation, async ({ backend }) => {
    const result = await backend.presence.clear(invocation.arguments[0]!, by)
    return result.ok ? done(result.value, summaryText(result.value), result.warnings) : refusedOutcome(result)
  })
}
