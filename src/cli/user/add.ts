/**
 * `meridian user add`: makes a user.
 */
import type { CommandDescription, Invocation, Outcome } from '../command.ts'
import { done } from '../command.ts'
import { loadConfiguration } from '../configuration.ts'
import { refusedOutcome, withBackend } from '../open-backend.ts'
import { passwordDetails, passwordOptions, readPassword } from '../password.ts'

export const description: CommandDescription = {
  path: ['user', 'add'],
  purpose: 'make a user',
  details: passwordDetails,
  arguments: [{ name: '<name>', text: 'alice, or alice@example.test where the server has several domains' }],
  options: [
    { flags: '--display-name <text>', text: 'what other people see' },
    { flags: '--alias <names...>', text: 'further addresses of the same user' },
    { flags: '--group <names...>', text: 'groups that the organisation’s rules speak of (`meridian policy rule`)' },
    { flags: '--disabled', text: 'make the user, but let nobody sign in yet' },
    ...passwordOptions,
  ],
  examples: [
    { line: 'meridian user add alice --display-name "Alice Liddell"', text: 'asks for the password' },
    { line: 'meridian user add bob --alias robert bob.jones --generate', text: 'makes a password and prints it' },
    { line: 'meridian user add dan --group sales "human resources"', text: 'puts him into two groups' },
    { line: 'pass show im/carol | meridian user add carol', text: 'takes the password from another program' },
  ],
  exitCodes: { 1: 'the user or an alias exists already, or the store did not take it' },
}

export async function run(invocation: Invocation): Promise<Outcome> {
  const { options } = invocation
  // Asked before the store is opened: nobody else is kept out of it while somebody thinks of a password.
  const loaded = loadConfiguration(invocation)
  if (!loaded.ok) return loaded.outcome
  const read = await readPassword(invocation)
  if (!read.ok) return read.outcome
  const { password, isGenerated } = read
  return withBackend(invocation, async ({ backend }) => {
    const result = await backend.addUser({
      name: invocation.arguments[0]!,
      displayName: String(options.displayName ?? ''),
      aliases: (options.alias as string[] | undefined) ?? [],
      groups: (options.group as string[] | undefined) ?? [],
      password,
      disabled: options.disabled === true,
    })
    if (!result.ok) return refusedOutcome(result)
    const text = `added ${result.value.aor}${isGenerated ? `\npassword: ${password}` : ''}`
    return done({ user: result.value, password: isGenerated ? password : null }, text, result.warnings)
  })
}
