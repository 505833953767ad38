/**
 * A CSV file whose first row names its columns, in any order: the columns found, and every other row with as many
 * fields.
 */
import { type CsvRow, parseCsv } from './csv.ts'

export type CsvTableRead<Column extends string> =
  | { readonly ok: true; readonly columns: readonly Column[]; readonly rows: readonly CsvRow[] }
  | { readonly ok: false; readonly message: string }

/** `required`: the column that must be there. `of`: whose columns they are, for messages. */
export function readCsvTable<Column extends string>(
  text: string,
  known: readonly Column[],
  { required, of }: { readonly required: Column; readonly of: string },
): CsvTableRead<Column> {
  const read = parseCsv(text)
  if (!read.ok) return { ok: false, message: `line ${read.line}: ${read.message}` }
  const [head, ...rows] = read.rows
  if (head === undefined) return { ok: false, message: 'the file is empty; its first row names the columns' }
  const columns: Column[] = []
  for (const field of head.fields) {
    const column = columnOf(field, known)
    if (column === null) {
      const message = `line ${head.line}: "${field}" is no column of ${of}; there are ${known.join(', ')}`
      return { ok: false, message }
    }
    columns.push(column)
  }
  if (!columns.includes(required)) return { ok: false, message: `line ${head.line}: there is no column ${required}` }
  const wrong = rows.find(({ fields }) => fields.length !== columns.length)
  if (wrong) {
    const counts = `${wrong.fields.length} fields where the first row has ${columns.length}`
    return { ok: false, message: `line ${wrong.line}: ${counts}` }
  }
  return { ok: true, columns, rows }
}

function columnOf<Column extends string>(text: string, known: readonly Column[]): Column | null {
  const wanted = text.toLowerCase().replaceAll(/[\s_-]/g, '')
  return known.find((column) => column.toLowerCase() === wanted) ?? null
}
