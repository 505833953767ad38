/**
 * Comma-separated values as RFC 4180 has them, and what spreadsheets make of them.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodeCsv, parseCsv } from '../../../src/cli/csv.ts'
import { printable, table } from '../../../src/cli/table.ts'
import { readUserRows } from '../../../src/cli/user/user-rows.ts'

function rowsOf(text: string): readonly (readonly string[])[] {
  const read = parseCsv(text)
  if (!read.ok) throw new Error(read.message)
  return read.rows.map((row) => row.fields)
}

describe('RFC 4180 §2', () => {
  it.each([
    [
      'a,b\r\nc,d\r\n',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    [
      'a,b\nc,d',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    [
      'a,b\rc,d',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    ['"a","b"', [['a', 'b']]],
    ['"a,b","c""d"', [['a,b', 'c"d']]],
    ['"a\r\nb",c', [['a\r\nb', 'c']]],
    ['a,', [['a', '']]],
    [',\n', [['', '']]],
    ['""', []],
    ['\n\na\n\n', [['a']]],
    ['\uFEFFa,b', [['a', 'b']]],
    [' a , b ', [[' a ', ' b ']]],
    ['a"b,c', [['a"b', 'c']]],
    ['', []],
  ])('%j', (text, rows) => expect(rowsOf(text)).toEqual(rows))

  it.each([
    ['"a', 1, 'not closed'],
    ['a\n"b"c', 2, 'followed by something other'],
    ['"a\nb"\n"c', 3, 'not closed'],
  ])('%j is refused at line %d', (text, line, message) => {
    expect(parseCsv(text)).toMatchObject({ ok: false, line, message: expect.stringContaining(message) })
  })

  it('rows know their lines, over fields with line breaks', () => {
    const read = parseCsv('a\n"b\r\nc"\n\nd')
    expect(read.ok && read.rows.map((row) => row.line)).toEqual([1, 2, 5])
  })

  it('reads what it writes', () => {
    const field = fc.string({
      unit: fc.oneof(fc.constantFrom('"', ',', '\r', '\n', ' ', '\uFEFF', '='), fc.string({ maxLength: 1 })),
    })
    const row = fc.array(field, { minLength: 2, maxLength: 4 })
    fc.assert(
      fc.property(fc.array(row, { maxLength: 5 }), (rows) => {
        expect(rowsOf(encodeCsv(rows))).toEqual(rows)
      }),
    )
  })

  it('passes formulas on as they are, which the reference page says', () => {
    expect(encodeCsv([['=1+1', '+1', '-1', '@x']])).toBe('=1+1,+1,-1,@x\r\n')
  })
})

describe('rows of users', () => {
  it('may have their columns in any order and spelling', () => {
    const read = readUserRows('PASSWORD,display_name,Name\npw,Ann, ann \n')
    const user = { name: 'ann', displayName: 'Ann', password: 'pw', disabled: false }
    expect(read).toMatchObject({ ok: true, rows: [{ line: 2, user, fault: null }] })
  })

  it.each([
    ['', 'the file is empty'],
    ['name,paswd\n', '"paswd" is no column of users'],
    ['password\nx', 'no column name'],
    ['name,password\na\n', 'line 2: 1 fields where the first row has 2'],
    ['name\n"a', 'line 2: a quoted field is not closed'],
  ])('%j is refused', (text, message) => {
    expect(readUserRows(text)).toMatchObject({ ok: false, message: expect.stringContaining(message) })
  })
})

describe('a table', () => {
  it('is aligned, and its text cannot steer the terminal', () => {
    expect(table(['a', 'b'], [['long', '\u001b[2J']])).toBe('a     b\nlong  \\u{1b}[2J')
    expect(printable('a\u202eb\n')).toBe('a\\u{202e}b\\u{a}')
  })
})
