/**
 * `meridian contacts list`: whom a user has as contacts.
 */
import type { CommandDescription, Invocation, Outcome } from '../command.ts'
import { done } from '../command.ts'
import { refusedOutcome, withBackend } from '../open-backend.ts'
import { contactsExitCodes, contactsText, userArgument } from './report.ts'

export const description: CommandDescription = {
  path: ['contacts', 'list'],
  purpose: 'list the contacts of a user',
  arguments: [userArgument],
  examples: [
    { line: 'meridian contacts list alice', text: 'address, name, groups and flags' },
    { line: "meridian contacts list alice --json | jq -r '.result.contacts[].uri'", text: 'one address a line' },
  ],
  exitCodes: contactsExitCodes,
}

export async function run(invocation: Invocation): Promise<Outcome> {
  return withBackend(invocation, async ({ backend }) => {
    const result = await backend.contacts.list(invocation.arguments[0]!)
    return result.ok ? done(result.value, contactsText(result.value.contacts)) : refusedOutcome(result)
  })
}
