/**
 * `meridian user enable`: let a disabled user sign in again.
 */
import type { CommandDescription, Invocation, Outcome } from '../command.ts'
import { done } from '../command.ts'
import { refusedOutcome, withBackend } from '../open-backend.ts'
import { passwordFileOption } from '../password.ts'
import { nameArgument } from './name.ts'

export const description: CommandDescription = {
  path: ['user', 'enable'],
  purpose: 'let a disabled user, or somebody of Active Directory, sign in',
  details: [
    'His password is the one of before. With --home: in Active Directory, by his SIP address, user name or mail. That',
    'is shown as LDIF, and done with the rights of whom --as names, whose password is asked for.',
  ].join(' '),
  arguments: [nameArgument],
  options: [
    { flags: '--home <server>', text: 'in Active Directory: the name of his home server' },
    { flags: '--as <administrator>', text: 'who may change it there, as name@domain; without it nothing is changed' },
    passwordFileOption,
  ],
  examples: [
    { line: 'meridian user enable alice', text: 'takes effect at once, also while the server runs' },
    { line: 'meridian user list --disabled', text: 'shows who is disabled' },
    { line: 'meridian user enable alice@corp.example --home home1.corp.example', text: 'shows the change as LDIF' },
  ],
  exitCodes: { 1: 'there is no such user, or the store did not take it' },
}

export async function run(invocation: Invocation): Promise<Outcome> {
  const { home } = invocation.options
  if (typeof home === 'string') {
    const { enableInDirectory } = await import('./enable-in-directory.ts')
    return enableInDirectory(invocation, home)
  }
  return withBackend(invocation, async ({ backend }) => {
    const result = await backend.setDisabled(invocation.arguments[0]!, false)
    return result.ok ? done(result.value, `enabled ${result.value.aor}`, result.warnings) : refusedOutcome(result)
  })
}
