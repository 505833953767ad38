/**
 * `meridian user disable`: let a user sign in no more, for now.
 */
import type { CommandDescription, Invocation, Outcome } from '../command.ts'
import { done } from '../command.ts'
import { refusedOutcome, withBackend } from '../open-backend.ts'
import { nameArgument } from './name.ts'

export const description: CommandDescription = {
  path: ['user', 'disable'],
  purpose: 'let a user sign in no more, for now',
  details: 'His connections end within a second; messages to him are refused. Nothing that was stored is removed.',
  arguments: [nameArgument],
  examples: [
    { line: 'meridian user disable alice', text: 'takes effect at once, also while the server runs' },
    { line: 'meridian user list --disabled', text: 'shows who is disabled' },
  ],
  exitCodes: { 1: 'there is no such user, or the store did not take it' },
}

export async function run(invocation: Invocation): Promise<Outcome> {
  return withBackend(invocation, async ({ backend }) => {
    const result = await backend.setDisabled(invocation.arguments[0]!, true)
    return result.ok ? done(result.value, `disabled ${result.value.aor}`, result.warnings) : refusedOutcome(result)
  })
}
