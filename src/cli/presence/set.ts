/**
 * `meridian presence set`: has something shown of a user, whatever his devices say.
 */
import type { NewHardState } from '../../admin/index.ts'
import type { CommandDescription, Invocation, Outcome } from '../command.ts'
import { done, misused } from '../command.ts'
import { refusedOutcome, withBackend } from '../open-backend.ts'
import { calendarOption, presenceExitCodes, readTime, summaryText, userArgument } from './report.ts'

export const description: CommandDescription = {
  path: ['presence', 'set'],
  purpose: 'have a state, an activity or a note shown of a user until it is cleared',
  details: [
    'It takes the place of what was set before by the same source. What devices say newer wins over an activity and',
    'a note; a state is shown only where no device says one. docs/presence-composition.md has the table.',
  ].join(' '),
  arguments: [userArgument],
  options: [
    { flags: '--status <state>', text: 'where no device says anything', choices: ['open', 'closed'] },
    { flags: '--activity <name>', text: 'one of RFC 4480: vacation, meeting, travel, on-the-phone …' },
    { flags: '--note <text>', text: 'one line for people to read' },
    { flags: '--from <time>', text: 'when it begins; without it, now' },
    { flags: '--until <time>', text: '30m, 2h or 3d from now, 2026-12-24, "2026-12-24 18:00", with or without a zone' },
    calendarOption,
  ],
  examples: [
    { line: 'meridian presence set alice --activity vacation --until 2026-12-24', text: 'until that day begins' },
    { line: 'meridian presence set alice --note "ask Bob" --until 2h', text: 'for two hours' },
  ],
  exitCodes: presenceExitCodes,
}

export async function run(invocation: Invocation): Promise<Outcome> {
  const { status, activity, note, from, until, calendar } = invocation.options
  const nowMs = Date.now()
  const times: (number | null)[] = []
  for (const text of [from, until] as (string | undefined)[]) {
    const ms = text === undefined ? null : readTime(text, nowMs)
    if (text !== undefined && ms === null) return misused(`"${text}" is no time, such as 2h or "2026-12-24 18:00"`)
    times.push(ms)
  }
  const state: NewHardState = {
    by: calendar === true ? 'calendar' : 'administrator',
    status: (status as 'open' | 'closed' | undefined) ?? null,
    activity: (activity as string | undefined) ?? null,
    note: (note as string | undefined) ?? null,
    document: null,
    fromMs: times[0]!,
    untilMs: times[1]!,
  }
  return withBackend(invocation, async ({ backend }) => {
    const result = await backend.presence.set(invocation.arguments[0]!, state)
    return result.ok ? done(result.value, summaryText(result.value), result.warnings) : refusedOutcome(result)
  })
}
