/**
 * `meridian enroll`: gives a device of a user a secret of its own, by the password of the account.
 */
import type { CommandDescription, Invocation, Outcome } from './command.ts'
import { done, failed } from './command.ts'
import { loadConfiguration } from './configuration.ts'
import { refusedOutcome, withBackend } from './open-backend.ts'
import { passwordFileOption, readKnownPassword } from './password.ts'
import { nameArgument } from './user/name.ts'

export const description: CommandDescription = {
  path: ['enroll'],
  purpose: 'give a device a password of its own',
  details: [
    'Takes the password of the account, of Active Directory where accounts come from there, and prints once the user',
    'name and the password that the client signs in with. Users do the same themselves at /enroll of the HTTPS port.',
  ].join(' '),
  arguments: [nameArgument],
  options: [
    { flags: '--device <name>', text: 'a short name such as laptop; the user name is then alice+laptop' },
    passwordFileOption,
  ],
  examples: [
    { line: 'meridian enroll alice --device laptop', text: 'asks for the password of alice' },
    { line: 'meridian enroll alice --password-file - < file', text: 'user name alice, with Active Directory only' },
  ],
  exitCodes: { 1: 'the password is not right, the account may not sign in, or the server does not run' },
}

export async function run(invocation: Invocation): Promise<Outcome> {
  const loaded = loadConfiguration(invocation)
  if (!loaded.ok) return loaded.outcome
  const read = await readKnownPassword(invocation)
  if (!read.ok) return read.outcome
  if (read.password === '') return failed('no password was given')
  const device = String(invocation.options.device ?? '')
  return withBackend(invocation, async ({ backend }) => {
    const result = await backend.devices.enrol(invocation.arguments[0]!, read.password, device)
    if (!result.ok) return refusedOutcome(result)
    const { aor, userName, secret } = result.value
    const text = `address:   ${aor}\nuser name: ${userName}\npassword:  ${secret}`
    return done(result.value, `${text}\nThe password is shown this once.`, result.warnings)
  })
}
