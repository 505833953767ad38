/**
 * `meridian user passwd`: gives a user another password; connections made with the old one end.
 */
import type { CommandDescription, Invocation, Outcome } from '../command.ts'
import { done } from '../command.ts'
import { loadConfiguration } from '../configuration.ts'
import { refusedOutcome, withBackend } from '../open-backend.ts'
import { passwordDetails, passwordOptions, readPassword } from '../password.ts'
import { nameArgument } from './name.ts'

export const description: CommandDescription = {
  path: ['user', 'passwd'],
  purpose: 'give a user another password',
  details: `${passwordDetails} Whoever signed in with the old password must sign in again within a second.`,
  arguments: [nameArgument],
  options: passwordOptions,
  examples: [
    { line: 'meridian user passwd alice', text: 'asks for the new password' },
    { line: 'meridian user passwd alice --password-file /run/secrets/alice', text: 'takes it from a file' },
  ],
  exitCodes: { 1: 'there is no such user, or the store did not take it' },
}

export async function run(invocation: Invocation): Promise<Outcome> {
  // Asked before the store is opened: nobody else is kept out of it while somebody thinks of a password.
  const loaded = loadConfiguration(invocation)
  if (!loaded.ok) return loaded.outcome
  const read = await readPassword(invocation)
  if (!read.ok) return read.outcome
  const { password, isGenerated } = read
  return withBackend(invocation, async ({ backend }) => {
    const result = await backend.setPassword(invocation.arguments[0]!, password)
    if (!result.ok) return refusedOutcome(result)
    const text = `changed the password of ${result.value.aor}${isGenerated ? `\npassword: ${password}` : ''}`
    return done({ user: result.value, password: isGenerated ? password : null }, text, result.warnings)
  })
}
