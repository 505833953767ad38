/**
 * What a terminal shows, and what typed lines mean.
 */
import { describe, expect, it } from 'vitest'
import type { MessageOutcome } from '../../../src/chat/index.ts'
import { cleanLine, cleanText, cutToColumns, wrapToColumns } from '../../../src/chat/terminal/clean-text.ts'
import { messageLine } from '../../../src/chat/terminal/line-format.ts'
import { aorOfName, nameOfAor } from '../../../src/chat/terminal/names.ts'
import { colours, noColours } from '../../../src/chat/terminal/style.ts'
import { completeTypedLine, helpLines, parseTypedLine } from '../../../src/chat/terminal/typed-line.ts'

const noon = new Date(2026, 2, 1, 12, 5).getTime()
const line = (text: string, outcome: MessageOutcome | null = null, nowMs = noon) =>
  messageLine({ timeMs: noon, writer: 'alice', reader: null, text, outcome }, nowMs, noColours)

describe('text of others', () => {
  it.each([
    ['a cursor that moves', 'a\u001b[2Jb', 'a\ufffd[2Jb'],
    ['a CSI of one byte', 'a\u009b2Jb', 'a\ufffd2Jb'],
    ['text turned around', 'a\u202eb', 'a\ufffdb'],
    ['a bell', 'a\u0007', 'a\ufffd'],
    ['lines and tabs, which may stay', 'a\r\nb\tc\n', 'a\nb    c'],
    ['what is not ASCII, which may stay', 'grüße 你好 👩‍👩‍👧', 'grüße 你好 👩‍👩‍👧'],
  ])('cannot steer the terminal: %s', (_, text, clean) => expect(cleanText(text)).toBe(clean))

  it('is one line where there is room for one', () => expect(cleanLine('a\nb')).toBe('a b'))

  it.each([
    ['hello', 5, 'hello'],
    ['hello', 4, 'hel…'],
    ['你好吗', 5, '你…'],
  ])('%s fits into %i columns as %s', (text, columns, cut) => expect(cutToColumns(text, columns)).toBe(cut))

  it.each([
    ['', 5, []],
    ['one two three', 7, ['one two', 'three']],
    ['one two', 80, ['one two']],
    ['你好 吗', 5, ['你好', '吗']],
    ['a endlessly', 5, ['a', 'endl…']],
  ])('%s stands on lines of %i columns as %j', (text, columns, lines) => {
    expect(wrapToColumns(text, columns)).toEqual(lines)
  })
})

describe('a message', () => {
  it.each<[MessageOutcome | null, string]>([
    [null, '12:05 alice: hi'],
    [{ kind: 'delivered' }, '12:05 alice: hi ✓'],
    [{ kind: 'stored' }, '12:05 alice: hi ◷ stored'],
    [{ kind: 'failed', status: 404, reason: 'too long' }, '12:05 alice: hi ✗ too long'],
  ])('has its mark: %o', (outcome, shown) => expect(line('hi', outcome)).toBe(shown))

  it('of several lines stays together, the mark at its end', () => {
    expect(line('a\nb', { kind: 'delivered' })).toBe('12:05 alice: a\n      b ✓')
  })

  it('of another day says which', () => {
    expect(line('hi', null, noon + 86_400_000)).toBe('2026-03-01 12:05 alice: hi')
  })

  it('has colours where they are wanted', () => {
    const message = { timeMs: noon, writer: 'alice', reader: 'carol', text: 'hi', outcome: null }
    expect(messageLine(message, noon, noColours)).toBe('12:05 alice → carol: hi')
    expect(messageLine(message, noon, colours)).toContain('\u001b[')
  })
})

describe('a typed line', () => {
  it.each([
    ['  ', { kind: 'nothing' }],
    ['hello /to bob', { kind: 'message', text: 'hello /to bob' }],
    ['//etc is a folder', { kind: 'message', text: '/etc is a folder' }],
    ['/to carol', { kind: 'to', name: 'carol' }],
    ['/to', { kind: 'to', name: '' }],
    ['/history', { kind: 'history', count: 20 }],
    ['/history 5', { kind: 'history', count: 5 }],
    ['/QUIT', { kind: 'quit' }],
    ['/help', { kind: 'help' }],
    ['/status Away  at  lunch', { kind: 'status', word: 'away', note: 'at  lunch' }],
    ['/status busy', { kind: 'status', word: 'busy', note: '' }],
    ['/status', { kind: 'status', word: '', note: '' }],
    ['/who', { kind: 'who' }],
    ['/dance', { kind: 'unknown', word: '/dance' }],
  ])('%s', (typed, meaning) => expect(parseTypedLine(typed)).toEqual(meaning))

  it('is completed with names and commands, and text is left alone', () => {
    expect(completeTypedLine('/to b', ['alice', 'bob', 'ben'])[0]).toEqual(['/to bob ', '/to ben '])
    expect(completeTypedLine('/h', [])[0]).toEqual(['/help ', '/history '])
    expect(completeTypedLine('/status b', [])[0]).toEqual(['/status busy '])
    expect(completeTypedLine('b', ['bob'])[0]).toEqual([])
  })

  it('is helped with lines that fit a terminal', () => {
    expect(helpLines.filter((each) => each.length > 77)).toEqual([])
  })
})

describe('names', () => {
  it.each([
    ['bob', 'sip:bob@example.test'],
    ['Bob@Example.ORG', 'sip:bob@example.org'],
    ['sip:bob@example.org', 'sip:bob@example.org'],
    ['jürgen', 'sip:j%C3%BCrgen@example.test'],
    ['', null],
    ['a b', null],
  ])('%s is %s', (name, aor) => expect(aorOfName(name, 'example.test')).toBe(aor))

  it.each([
    ['sip:bob@example.test', 'bob'],
    ['sip:bob@example.org', 'bob@example.org'],
    ['sip:j%C3%BCrgen@example.test', 'jürgen'],
    ['sip:%1B%5B2J@example.test', '\ufffd[2J'],
  ])('%s is shown as %s', (aor, name) => expect(nameOfAor(aor, 'example.test')).toBe(name))
})
