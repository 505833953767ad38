/**
 * `meridian contacts remove`: takes somebody off a user's contact list.
 */
import type { CommandDescription, Invocation, Outcome } from '../command.ts'
import { done } from '../command.ts'
import { refusedOutcome, withBackend } from '../open-backend.ts'
import { contactArgument, contactsExitCodes, userArgument } from './report.ts'

export const description: CommandDescription = {
  path: ['contacts', 'remove'],
  purpose: 'take a contact off a user’s list',
  arguments: [userArgument, contactArgument],
  options: [{ flags: '--group <names...>', text: 'out of these groups only; the contact stays in the others' }],
  examples: [
    { line: 'meridian contacts remove alice bob', text: 'out of all groups' },
    { line: 'meridian contacts remove alice bob --group Chess', text: 'still in Work' },
  ],
  exitCodes: contactsExitCodes,
}

export async function run(invocation: Invocation): Promise<Outcome> {
  const [user, contact] = invocation.arguments
  const groups = (invocation.options.group as string[] | undefined) ?? []
  return withBackend(invocation, async ({ backend }) => {
    const result = await backend.contacts.remove(user!, contact!, groups)
    if (!result.ok) return refusedOutcome(result)
    const where = groups.length === 0 ? 'the contacts' : groups.join(', ')
    return done(result.value, `took ${contact} out of ${where} of ${result.value.aor}`, result.warnings)
  })
}
