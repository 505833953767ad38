/**
 * `meridian user enable`: let a disabled user sign in again.
 */
import type { CommandDescription, Invocation, Outcome } from '../command.ts'
import { done } from '../command.ts'
import { refusedOutcome, withBackend } from '../open-backend.ts'
import { nameArgument } from './name.ts'

export const description: CommandDescription = {
  path: ['user', 'enable'],
  purpose: 'let a disabled user sign in again',
  details: 'His password is the one of before.',
  arguments: [nameArgument],
  examples: [
    { line: 'meridian user enable alice', text: 'takes effect at once, also while the server runs' },
    { line: 'meridian user list --disabled', text: 'shows who is disabled' },
  ],
  exitCodes: { 1: 'there is no such user, or the store did not take it' },
}

export async function run(invocation: Invocation): Promise<Outcome> {
  return withBackend(invocation, async ({ backend }) => {
    const result = await backend.setDisabled(invocation.arguments[0]!, false)
    return result.ok ? done(result.value, `enabled ${result.value.aor}`, result.warnings) : refusedOutcome(result)
  })
}
