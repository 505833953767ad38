/**
 * Users as rows of a CSV file: the columns, and both directions. The first row names the columns, in any order.
 */
import type { NewUser, UserSummary } from '../../admin/index.ts'
import { encodeCsv } from '../csv.ts'
import { readCsvTable } from '../csv-table.ts'

export const userColumns = ['name', 'displayName', 'aliases', 'groups', 'disabled', 'password'] as const
type UserColumn = (typeof userColumns)[number]

export interface UserRow {
  readonly line: number
  readonly user: NewUser
  /** Why this row cannot be used, or null. The others can. */
  readonly fault: string | null
}

export type UserRowsRead =
  | { readonly ok: true; readonly rows: readonly UserRow[] }
  | { readonly ok: false; readonly message: string }

export function readUserRows(text: string): UserRowsRead {
  const read = readCsvTable(text, userColumns, { required: 'name', of: 'users' })
  if (!read.ok) return read
  return { ok: true, rows: read.rows.map(({ line, fields }) => userRow(line, read.columns, fields)) }
}

/** What people and programs write for a yes or a no; an empty field is a no. */
const flagWords: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['yes', true],
  ['1', true],
  ['false', false],
  ['no', false],
  ['0', false],
  ['', false],
])

function userRow(line: number, columns: readonly UserColumn[], fields: readonly string[]): UserRow {
  const field = (column: UserColumn) => fields[columns.indexOf(column)] ?? ''
  const word = field('disabled').trim()
  const disabled = flagWords.get(word.toLowerCase())
  const user = {
    name: field('name').trim(),
    displayName: field('displayName').trim(),
    aliases: field('aliases')
      .split(/[\s;]+/)
      .filter((alias) => alias !== ''),
    groups: field('groups')
      .split(';')
      .map((group) => group.trim())
      .filter((group) => group !== ''),
    // A word that nobody knows must not let somebody in who was to be kept out: the row is refused.
    disabled: disabled ?? true,
    password: field('password'),
  }
  const fault = disabled === undefined ? `"${word}" in column disabled is neither yes nor no` : null
  return { line, user, fault }
}

/** Without passwords, which nobody can get out of the store. */
export function encodeUserRows(users: readonly UserSummary[]): string {
  const rows = users.map((user) => [
    user.aor,
    user.displayName,
    user.aliases.join(' '),
    user.groups.join('; '),
    String(user.disabled),
  ])
  return encodeCsv([userColumns.filter((column) => column !== 'password'), ...rows])
}
