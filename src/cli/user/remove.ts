/**
 * `meridian user remove`: removes a user and everything that is kept for him.
 */
import type { CommandDescription, Invocation, Outcome } from '../command.ts'
import { done, misused } from '../command.ts'
import { refusedOutcome, withBackend } from '../open-backend.ts'
import { nameArgument } from './name.ts'

export const description: CommandDescription = {
  path: ['user', 'remove'],
  purpose: 'remove a user and all that is kept for him',
  details: 'Account, password, aliases, devices and waiting messages are gone; a backup is the only way back.',
  arguments: [nameArgument],
  options: [{ flags: '--yes', text: 'do it; without this nothing happens' }],
  examples: [
    { line: 'meridian user remove alice --yes', text: 'removes alice' },
    { line: 'meridian user disable alice', text: 'what to do instead when she may come back' },
  ],
  exitCodes: { 1: 'there is no such user, or the store did not take it' },
}

export async function run(invocation: Invocation): Promise<Outcome> {
  const name = invocation.arguments[0]!
  if (invocation.options.yes !== true) {
    return misused(
      `this removes ${name} with all waiting messages; say --yes, or use \`meridian user disable ${name}\``,
    )
  }
  return withBackend(invocation, async ({ backend }) => {
    const result = await backend.removeUser(name)
    return result.ok ? done(result.value, `removed ${result.value.aor}`, result.warnings) : refusedOutcome(result)
  })
}
