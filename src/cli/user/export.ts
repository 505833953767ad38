/**
 * `meridian user export`: all users as a CSV file that `user import` reads, without passwords.
 */
import type { CommandDescription, Invocation, Outcome } from '../command.ts'
import { done } from '../command.ts'
import { refusedOutcome, withBackend } from '../open-backend.ts'
import { encodeUserRows } from './user-rows.ts'

export const description: CommandDescription = {
  path: ['user', 'export'],
  purpose: 'print all users as CSV',
  details: [
    'Without passwords: the store holds only digests, which stay where they are.',
    'Cells are written as they are; a name that begins with = + - or @ is a formula to a spreadsheet,',
    'so import the columns there as text.',
  ].join(' '),
  examples: [
    { line: 'meridian user export > people.csv', text: 'everybody, for another program' },
    { line: 'meridian user export | ssh other meridian user import - --generate', text: 'the same users elsewhere' },
  ],
}

export async function run(invocation: Invocation): Promise<Outcome> {
  return withBackend(invocation, async ({ backend }) => {
    const result = await backend.exportUsers()
    return result.ok ? done(result.value, encodeUserRows(result.value)) : refusedOutcome(result)
  })
}
