/**
 * `meridian contacts add`: puts somebody on a user's contact list, or changes what it says of him.
 */
import type { CommandDescription, Invocation, Outcome } from '../command.ts'
import { done } from '../command.ts'
import { refusedOutcome, withBackend } from '../open-backend.ts'
import { contactArgument, contactsExitCodes, userArgument } from './report.ts'

export const description: CommandDescription = {
  path: ['contacts', 'add'],
  purpose: 'add a contact to a user’s list, or change one',
  details: [
    'A contact that is there already stays in its groups and keeps what is not named here.',
    'One that is in no group goes into the group contacts. The user’s clients see the change at once.',
  ].join(' '),
  arguments: [userArgument, contactArgument],
  options: [
    { flags: '--display-name <text>', text: 'what the user sees' },
    { flags: '--group <names...>', text: 'put the contact into these groups too; missing ones are made' },
    { flags: '--flag <words...>', text: 'the flags of this contact, such as favourite, in place of earlier ones' },
  ],
  examples: [
    { line: 'meridian contacts add alice bob --display-name "Bob Sawyer"', text: 'a colleague' },
    { line: 'meridian contacts add alice bob --group Work Chess --flag favourite', text: 'in two groups' },
  ],
  exitCodes: contactsExitCodes,
}

export async function run(invocation: Invocation): Promise<Outcome> {
  const [user, contact] = invocation.arguments
  const { displayName, group, flag } = invocation.options
  return withBackend(invocation, async ({ backend }) => {
    const result = await backend.contacts.put(user!, [
      {
        contact: contact!,
        displayName: (displayName as string | undefined) ?? null,
        groups: (group as string[] | undefined) ?? [],
        flags: (flag as string[] | undefined) ?? null,
      },
    ])
    if (!result.ok) return refusedOutcome(result)
    return done(result.value, `${contact} is a contact of ${result.value.aor}`, result.warnings)
  })
}
