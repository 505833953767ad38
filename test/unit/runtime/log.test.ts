/**
 * The log: one event a line, fields that pass one gate, and lines that cannot steer a terminal.
 */
import { describe, expect, it } from 'vitest'
import type { LogFields } from '../../../src/ports/log.ts'
import { createLog, fieldCharsMax, guardField, logForm } from '../../../src/runtime/log.ts'
import { prettyLine } from '../../../src/runtime/log-pretty.ts'

function capture(format: 'json' | 'pretty' | 'auto' = 'json', level: 'debug' | 'info' = 'info', isTerminal = false) {
  const lines: string[] = []
  const destination = { write: (line: string) => void lines.push(line) }
  return { lines, log: createLog({ level, format, destination, isTerminal }) }
}

function written(fields: LogFields): Record<string, unknown> {
  const { log, lines } = capture()
  log.write('info', 'test.event', fields)
  return JSON.parse(lines[0]!)
}

describe('the form of lines', () => {
  it('is decided once by main and is the same in its workers, which have no terminal', () => {
    const options = { level: 'info', format: 'auto' } as const
    const form = logForm({ ...options, isTerminal: true })
    expect(form).toMatchObject({ format: 'pretty', color: !process.env.NO_COLOR })
    expect(logForm({ ...form, isTerminal: false })).toEqual(form)
    expect(logForm({ ...options, isTerminal: false })).toEqual({ level: 'info', format: 'json', color: false })
  })
})

describe('a line', () => {
  it('is JSON with time, level, event and the fields', () => {
    const line = written({ aor: 'sip:alice@example.test', count: 3, gone: undefined, none: null })
    expect(line).toEqual({
      level: 'info',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      event: 'test.event',
      aor: 'sip:alice@example.test',
      count: 3,
      none: null,
    })
  })

  it('carries what its child was made with', () => {
    const { log, lines } = capture()
    log.child({ worker: 2 }).child({ part: 'edge' }).write('warn', 'a.b')
    expect(JSON.parse(lines[0]!)).toMatchObject({ worker: 2, part: 'edge', level: 'warn' })
  })

  it('is written from the level on', () => {
    const { log, lines } = capture()
    log.write('debug', 'a.b')
    log.write('info', 'a.c')
    expect(lines.map((line) => JSON.parse(line).event)).toEqual(['a.c'])
  })

  it('keeps its own time, level and event', () => {
    expect(written({ time: 'x', level: 'x', event: 'x' })).toMatchObject({
      level: 'info',
      event: 'test.event',
      level_: 'x',
    })
  })
})

describe('redaction', () => {
  it.each([
    'password',
    'oldPassword',
    'authorization',
    'proxyAuthorization',
    'token',
    'flowToken',
    'secret',
    'ha1',
    'ha1Md5',
    'body',
    'content',
    'response',
    'nonce',
    'cnonce',
    'cookie',
    'passphrase',
    'credentials',
  ])('a field named %s never shows its text', (name) => expect(guardField(name, 'open sesame')).toBe('[withheld]'))

  it.each(['bodyBytes', 'contentType', 'reason', 'aor', 'callId'])('%s is shown', (name) => {
    expect(guardField(name, 'x')).toBe('x')
  })

  it('numbers of such names are no secrets', () => expect(guardField('tokensCount', 3)).toBe(3))

  it('a password in a URI is cut out', () => {
    expect(guardField('uri', 'to <sip:alice:pa$$@example.test> and sips:b:c@d')).toBe(
      'to <sip:alice:[withheld]@example.test> and sips:b:[withheld]@d',
    )
  })

  it('objects and buffers do not get in', () => {
    expect(guardField('x', { password: 'y' } as never)).toBe('[not a plain value]')
    expect(guardField('x', Buffer.from('y') as never)).toBe('[not a plain value]')
  })

  it('long texts are cut', () => expect(String(guardField('x', 'y'.repeat(5000)))).toHaveLength(fieldCharsMax + 1))
})

describe('the pretty form', () => {
  const line = (fields: object) => `${JSON.stringify({ level: 'info', time: '2026-01-02T03:04:05.678Z', ...fields })}\n`

  it('is one line for people', () => {
    expect(
      prettyLine(line({ event: 'a.b', worker: 1, aor: 'sip:a@b', n: 3, text: 'two words' }), { color: false }),
    ).toBe('03:04:05.678 info  w1 a.b aor=sip:a@b n=3 text="two words"\n')
  })

  it.each(['\u001b[2J', 'a\nb', '\u202ex', 'a\u0000', '\u009b31m'])('escapes %j', (text) => {
    const pretty = prettyLine(line({ event: 'a.b', text }), { color: false })
    expect(pretty.slice(0, -1)).not.toMatch(/\p{C}/u)
  })

  it('is chosen on a terminal', () => {
    const terminal = capture('auto', 'info', true)
    terminal.log.write('info', 'a.b')
    expect(terminal.lines[0]).not.toMatch(/^\{/)
    const pipe = capture('auto')
    pipe.log.write('info', 'a.b')
    expect(pipe.lines[0]).toMatch(/^\{/)
  })
})
