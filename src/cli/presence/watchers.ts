/**
 * `meridian presence watchers`: who watches a user, and what he is shown.
 */
import type { SeeVerdict } from '../../ports/policy.ts'
import type { CommandDescription, Invocation, Outcome } from '../command.ts'
import { done } from '../command.ts'
import { refusedOutcome, withBackend } from '../open-backend.ts'
import { table } from '../table.ts'
import { presenceExitCodes, userArgument } from './report.ts'

export const description: CommandDescription = {
  path: ['presence', 'watchers'],
  purpose: 'show who watches a user, and what each of them sees',
  details: 'The time is since when the server has known of it, at the longest since its start.',
  arguments: [userArgument],
  examples: [
    { line: 'meridian presence watchers alice', text: 'one line for each watcher' },
    { line: "meridian presence watchers alice --json | jq '.result.watchers | length'", text: 'how many' },
  ],
  exitCodes: presenceExitCodes,
}

const words: Readonly<Record<SeeVerdict, string>> = {
  allow: 'sees',
  confirm: 'waits for an answer',
  'polite-block': 'sees an absent user',
  block: 'blocked',
}

export async function run(invocation: Invocation): Promise<Outcome> {
  return withBackend(invocation, async ({ backend }) => {
    const result = await backend.presence.watchers(invocation.arguments[0]!)
    if (!result.ok) return refusedOutcome(result)
    const { aor, watchers } = result.value
    if (watchers.length === 0) return done(result.value, `nobody watches ${aor}`)
    const rows = watchers.map(({ watcher, state, since }) => [watcher, words[state], since])
    return done(result.value, table(['watcher', 'state', 'since'], rows))
  })
}
