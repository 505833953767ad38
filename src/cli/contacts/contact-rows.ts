/**
 * Contacts as rows of a CSV file: the columns, and both directions. The first row names the columns, in any order.
 */
import type { ContactSummary, NewContact } from '../../admin/index.ts'
import { encodeCsv } from '../csv.ts'
import { readCsvTable } from '../csv-table.ts'

export const contactColumns = ['contact', 'displayName', 'groups', 'flags'] as const
type ContactColumn = (typeof contactColumns)[number]

export type ContactRowsRead =
  | { readonly ok: true; readonly contacts: readonly NewContact[] }
  | { readonly ok: false; readonly message: string }

export function readContactRows(text: string): ContactRowsRead {
  const read = readCsvTable(text, contactColumns, { required: 'contact', of: 'contacts' })
  if (!read.ok) return read
  return { ok: true, contacts: read.rows.map(({ fields }) => contactOf(read.columns, fields)) }
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
