/**
 * Contacts as rows of a CSV file: the columns, and both directions. The first row names the columns, in any order.
 */
import type { ContactSummary, NewContact } from '../../admin/index.ts'
import { encodeCsv, parseCsv } from '../csv.ts'

export const contactColumns = ['contact', 'displayName', 'groups', 'flags'] as const
type ContactColumn = (typeof contactColumns)[number]

export type ContactRowsRead =
  | { readonly ok: true; readonly contacts: readonly NewContact[] }
  | { readonly ok: false; readonly message: string }

export function readContactRows(text: string): ContactRowsRead {
  const read = parseCsv(text)
  if (!read.ok) return { ok: false, message: `line ${read.line}: ${read.message}` }
  const [head, ...rows] = read.rows
  if (head === undefined) return { ok: false, message: 'the file is empty; its first row names the columns' }
  const columns = head.fields.map(columnOf)
  const unknown = columns.indexOf(null)
  if (unknown >= 0) return { ok: false, message: `line ${head.line}: ${unknownColumn(head.fields[unknown]!)}` }
  if (!columns.includes('contact')) return { ok: false, message: `line ${head.line}: there is no column contact` }
  const wrong = rows.find(({ fields }) => fields.length !== columns.length)
  if (wrong) {
    const counts = `${wrong.fields.length} fields where the first row has ${columns.length}`
    return { ok: false, message: `line ${wrong.line}: ${counts}` }
  }
  return { ok: true, contacts: rows.map(({ fields }) => contactOf(columns as ContactColumn[], fields)) }
}

function columnOf(text: string): ContactColumn | null {
  const wanted = text.toLowerCase().replaceAll(/[\s_-]/g, '')
  return contactColumns.find((column) => column.toLowerCase() === wanted) ?? null
}

function unknownColumn(text: string): string {
  return `"${text}" is no column of contacts; there are ${contactColumns.join(', ')}`
}

/** A column that is not there leaves what a contact has as it is. */
function contactOf(columns: readonly ContactColumn[], fields: readonly string[]): NewContact {
  const field = (column: ContactColumn) => fields[columns.indexOf(column)]
  const parts = (text: string, between: RegExp) => text.split(between).filter((part) => part.trim() !== '')
  return {
    contact: field('contact')!.trim(),
    displayName: field('displayName')?.trim() ?? null,
    groups: parts(field('groups') ?? '', /\s*;\s*/),
    flags: columns.includes('flags') ? parts(field('flags')!, /\s+/) : null,
  }
}

export function encodeContactRows(contacts: readonly ContactSummary[]): string {
  const rows = contacts.map(({ uri, displayName, groups, flags }) => {
    return [uri, displayName, groups.join('; '), flags.join(' ')]
  })
  return encodeCsv([contactColumns, ...rows])
}
