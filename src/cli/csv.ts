/**
 * Comma-separated values (RFC 4180): quotes, line breaks in fields, CRLF or LF, and the byte order mark that
 * spreadsheets write. Cells are passed on as they are: a cell that begins with `=` is a formula to a spreadsheet, which
 * is for whoever opens the file there to know (`docs/reference/cli.md` says so); changing it here would lose what it
 * holds.
 */

export type CsvRead =
  | { readonly ok: true; readonly rows: readonly CsvRow[] }
  /** `line` counts from 1. */
  | { readonly ok: false; readonly line: number; readonly message: string }

export interface CsvRow {
  /** Where the row begins, from 1. */
  readonly line: number
  readonly fields: readonly string[]
}

class CsvReader {
  readonly #text: string
  #at = 0
  #line = 1

  constructor(text: string) {
    this.#text = text
  }

  read(): CsvRead {
    const rows: CsvRow[] = []
    while (this.#at < this.#text.length) {
      const line = this.#line
      const fields = this.#row()
      if (typeof fields === 'string') return { ok: false, line: this.#line, message: fields }
      // A blank line is no row of one empty field: files end with some, and people put them between groups.
      if (fields.length > 1 || fields[0] !== '') rows.push({ line, fields })
    }
    return { ok: true, rows }
  }

  /** The fields up to and with the line end, or what is wrong. */
  #row(): string[] | string {
    const fields: string[] = []
    for (;;) {
      const field = this.#text[this.#at] === '"' ? this.#quoted() : this.#bare()
      if (field === null) return 'a quoted field is not closed'
      fields.push(field)
      if (this.#text[this.#at] === ',') {
        this.#at++
        continue
      }
      if (this.#at >= this.#text.length || this.#takeLineEnd()) return fields
      return 'a quoted field is followed by something other than a comma or the end of the line'
    }
  }

  #bare(): string {
    const start = this.#at
    while (this.#at < this.#text.length && !',\r\n'.includes(this.#text[this.#at]!)) this.#at++
    return this.#text.slice(start, this.#at)
  }

  #quoted(): string | null {
    let field = ''
    for (let from = this.#at + 1; ; ) {
      const quote = this.#text.indexOf('"', from)
      if (quote < 0) return null
      field += this.#text.slice(from, quote)
      if (this.#text[quote + 1] !== '"') {
        this.#at = quote + 1
        this.#line += field.match(/\r\n|\r|\n/g)?.length ?? 0
        return field
      }
      field += '"'
      from = quote + 2
    }
  }

  #takeLineEnd(): boolean {
    const character = this.#text[this.#at]
    if (character !== '\r' && character !== '\n') return false
    this.#at += character === '\r' && this.#text[this.#at + 1] === '\n' ? 2 : 1
    this.#line++
    return true
  }
}

export function parseCsv(text: string): CsvRead {
  const reader = new CsvReader(text.replace(/^\uFEFF/, ''))
  return reader.read()
}

export function encodeCsv(rows: readonly (readonly string[])[]): string {
  return rows.map((fields) => `${encodeRow(fields)}\r\n`).join('')
}

function encodeRow(fields: readonly string[]): string {
  // One empty field alone would be a blank line, which is no row.
  return fields.length === 1 && fields[0] === '' ? '""' : fields.map(encodeField).join(',')
}

function encodeField(field: string): string {
  return /[",\r\n]|^\s|\s$|^\uFEFF/.test(field) ? `"${field.replaceAll('"', '""')}"` : field
}
