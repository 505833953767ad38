/**
 * `meridian user sign-out`: ends the registrations of a user's devices.
 */
import type { CommandDescription, Invocation, Outcome } from '../command.ts'
import { done } from '../command.ts'
import { refusedOutcome, withBackend } from '../open-backend.ts'
import { nameArgument } from './name.ts'

export const description: CommandDescription = {
  path: ['user', 'sign-out'],
  purpose: 'sign out the devices of a user',
  details: [
    'All of them, and their connections end; or the one that is named. Whoever has the password can sign in again:',
    'to keep somebody out, disable the user or change the password.',
  ].join(' '),
  arguments: [nameArgument],
  options: [{ flags: '--device <key>', text: 'only this one, as `user show --json` names it' }],
  examples: [
    { line: 'meridian user sign-out alice', text: 'a laptop was left somewhere' },
    { line: 'meridian user disable alice', text: 'what to do to keep her out' },
  ],
  exitCodes: { 1: 'there is no such user or device, or no server runs' },
}

export async function run(invocation: Invocation): Promise<Outcome> {
  const device = (invocation.options.device as string | undefined) ?? null
  return withBackend(invocation, async ({ backend }) => {
    const result = await backend.signOut(invocation.arguments[0]!, device)
    return result.ok ? done(result.value, `signed out ${result.value.aor}`, result.warnings) : refusedOutcome(result)
  })
}
