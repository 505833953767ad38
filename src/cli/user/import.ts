/**
 * `meridian user import`: makes many users from a CSV file, each row by itself.
 */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { ImportOutcome, NewUser } from '../../admin/index.ts'
import type { CommandDescription, Invocation, Outcome } from '../command.ts'
import { done, failed } from '../command.ts'
import { encodeCsv } from '../csv.ts'
import { fileFault } from '../file-fault.ts'
import { refusedOutcome, withBackend } from '../open-backend.ts'
import { generatePassword } from '../password.ts'
import { readUserRows, type UserRow, userColumns } from './user-rows.ts'

export const description: CommandDescription = {
  path: ['user', 'import'],
  purpose: 'make many users from a CSV file',
  details: [
    `The first row names the columns: ${userColumns.join(', ')}; only name must be there.`,
    'Aliases are separated by blanks, groups by semicolons; disabled is true, yes, 1, false, no, 0 or empty, in any',
    'case. A user that exists already is left as he is, and needs no password here. Rows that are refused do not stop',
    'the others.',
  ].join(' '),
  arguments: [{ name: '<file>', text: 'the CSV file (RFC 4180, UTF-8); - is standard input' }],
  options: [
    { flags: '--generate', text: 'make a password for each row that has none; they are printed, once, as CSV' },
  ],
  examples: [
    { line: 'meridian user import people.csv', text: 'takes the passwords from the file' },
    { line: 'meridian user import people.csv --generate > passwords.csv', text: 'makes the missing ones' },
  ],
  exitCodes: { 1: 'a row was refused; the others were done' },
}

export async function run(invocation: Invocation): Promise<Outcome> {
  const text = await fileText(invocation)
  if (typeof text !== 'string') return text
  const read = readUserRows(text)
  if (!read.ok) return failed(`${invocation.arguments[0]}: ${read.message}`)
  const generated = new Map<number, string>()
  const given = read.rows.filter(({ fault }) => fault === null).map(({ user }) => user)
  const users = invocation.options.generate === true ? withPasswords(given, generated) : given
  return withBackend(invocation, async ({ backend }) => {
    const result = await backend.importUsers(users)
    if (!result.ok) return refusedOutcome(result)
    return report(reportRows(read.rows, result.value, generated), generated.size > 0, result.warnings)
  })
}

async function fileText({ arguments: [file], io }: Invocation): Promise<string | Outcome> {
  if (file === '-') return io.readStdin()
  try {
    return readFileSync(resolve(io.cwd, file!), 'utf8')
  } catch (error) {
    return failed(`cannot read ${file}: ${fileFault(error)}`)
  }
}

function withPasswords(users: readonly NewUser[], generated: Map<number, string>): readonly NewUser[] {
  return users.map((user, index) => {
    if (user.password !== '') return user
    const password = generatePassword()
    generated.set(index, password)
    return { ...user, password }
  })
}

interface ReportRow extends ImportOutcome {
  readonly line: number
  readonly password: string | null
}

/** Rows of the file in their order: those that could not be read, and what became of the others. */
function reportRows(
  rows: readonly UserRow[],
  outcomes: readonly ImportOutcome[],
  generated: ReadonlyMap<number, string>,
): readonly ReportRow[] {
  let index = 0
  return rows.map(({ line, user, fault }) => {
    if (fault !== null) return { line, name: user.name, outcome: 'refused', message: fault, password: null }
    const outcome = outcomes[index]!
    const password = outcome.outcome === 'added' ? (generated.get(index) ?? null) : null
    index++
    return { line, ...outcome, password }
  })
}

function report(rows: readonly ReportRow[], hasGenerated: boolean, warnings: readonly string[]): Outcome {
  const count = (wanted: ImportOutcome['outcome']) => rows.filter((row) => row.outcome === wanted).length
  const counts = { added: count('added'), exists: count('exists'), refused: count('refused') }
  const passwords = rows.flatMap((row) => (row.password === null ? [] : [[row.name, row.password]]))
  const text = hasGenerated ? encodeCsv([['name', 'password'], ...passwords]) : ''
  const notes = rows
    .filter((row) => row.outcome !== 'added')
    .map((row) => `line ${row.line}: ${row.name}: ${row.message}`)
  const sum = `${counts.added} added, ${counts.exists} existed already, ${counts.refused} refused`
  const value = { ...counts, rows }
  if (counts.refused > 0) return { ...failed(sum, value, text), warnings: [...warnings, ...notes] }
  return hasGenerated ? done(value, text, [...warnings, ...notes]) : done(value, sum, [...warnings, ...notes])
}
