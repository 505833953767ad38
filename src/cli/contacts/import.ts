/**
 * `meridian contacts import`: puts many people on a user's contact list, from a CSV file.
 */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { CommandDescription, Invocation, Outcome } from '../command.ts'
import { done, failed } from '../command.ts'
import { fileFault } from '../file-fault.ts'
import { refusedOutcome, withBackend } from '../open-backend.ts'
import { contactColumns, readContactRows } from './contact-rows.ts'
import { contactsExitCodes, userArgument } from './report.ts'

export const description: CommandDescription = {
  path: ['contacts', 'import'],
  purpose: 'add many contacts to a user’s list from a CSV file',
  details: [
    `The first row names the columns: ${contactColumns.join(', ')}; only contact must be there. Groups are separated`,
    'by semicolons, flags by blanks. Nobody is removed. All rows are taken, or none.',
  ].join(' '),
  arguments: [userArgument, { name: '<file>', text: 'the CSV file (RFC 4180, UTF-8); - is standard input' }],
  examples: [
    { line: 'meridian contacts import alice team.csv', text: 'the same team for everybody, one user at a time' },
    { line: 'meridian contacts export alice | meridian contacts import bob -', text: 'what alice has' },
  ],
  exitCodes: contactsExitCodes,
}

export async function run(invocation: Invocation): Promise<Outcome> {
  const [user, file] = invocation.arguments
  const text = await fileText(invocation, file!)
  if (typeof text !== 'string') return text
  const read = readContactRows(text)
  if (!read.ok) return failed(`${file}: ${read.message}`)
  if (read.contacts.length === 0) return failed(`${file}: there is no contact in it`)
  return withBackend(invocation, async ({ backend }) => {
    const result = await backend.contacts.put(user!, read.contacts)
    if (!result.ok) return refusedOutcome(result)
    const { aor, contacts } = result.value
    return done(result.value, `${read.contacts.length} rows; ${aor} has ${contacts.length} contacts`, result.warnings)
  })
}

async function fileText({ io }: Invocation, file: string): Promise<string | Outcome> {
  if (file === '-') return io.readStdin()
  try {
    return readFileSync(resolve(io.cwd, file), 'utf8')
  } catch (error) {
    return failed(`cannot read ${file}: ${fileFault(error)}`)
  }
}
