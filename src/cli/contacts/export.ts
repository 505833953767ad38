/**
 * `meridian contacts export`: a user's contact list as a CSV file that `contacts import` reads.
 */
import type { CommandDescription, Invocation, Outcome } from '../command.ts'
import { done } from '../command.ts'
import { refusedOutcome, withBackend } from '../open-backend.ts'
import { encodeContactRows } from './contact-rows.ts'
import { contactsExitCodes, userArgument } from './report.ts'

export const description: CommandDescription = {
  path: ['contacts', 'export'],
  purpose: 'print the contacts of a user as CSV',
  details: [
    'Cells are written as they are; a name that begins with = + - or @ is a formula to a spreadsheet,',
    'so import the columns there as text.',
  ].join(' '),
  arguments: [userArgument],
  examples: [
    { line: 'meridian contacts export alice > alice.csv', text: 'for another program, or another server' },
    { line: 'meridian contacts export alice | meridian contacts import bob -', text: 'the same for somebody else' },
  ],
  exitCodes: contactsExitCodes,
}

export async function run(invocation: Invocation): Promise<Outcome> {
  return withBackend(invocation, async ({ backend }) => {
    const result = await backend.contacts.list(invocation.arguments[0]!)
    return result.ok ? done(result.value, encodeContactRows(result.value.contacts)) : refusedOutcome(result)
  })
}
