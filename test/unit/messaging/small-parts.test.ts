/**
 * The pure parts of messaging: what an answer means, how long a message lives, how dates are written.
 */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { judgeAnswer } from '../../../src/messaging/judge-answer.ts'
import { expiresMs, isComposing, isTransient } from '../../../src/messaging/lifetime.ts'
import { encodeCpimDate, encodeSipDate } from '../../../src/messaging/sip-date.ts'
import { message } from '../../support/messaging-world.ts'

describe('a device’s answer', () => {
  test.each([
    ['provisional', [100, 180, 199]],
    ['taken', [200, 202, 299, 482]],
    ['next-flow', [0, 430]],
    ['not-now', [408, 480, 486, 491, 500, 501, 503, 580]],
    ['refused', [302, 400, 401, 403, 404, 405, 413, 415, 420, 488, 493, 600, 603, 606]],
  ])('%s', (meaning, statuses) => {
    expect(statuses.map(judgeAnswer)).toEqual(statuses.map(() => meaning))
  })
})

describe('how long a message may be kept', () => {
  const composing = 'application/im-iscomposing+xml'
  test('composing notices are known by their type in any spelling (RFC 3994)', () => {
    for (const contentType of [composing, `${composing}; charset=utf-8`, 'Application/IM-isComposing+XML ;x=y']) {
      expect(isComposing(message('a', 'sip:b@example.test', '', 1, { contentType }))).toBe(true)
    }
    for (const contentType of ['text/plain', `${composing}x`, 'application/im-iscomposing']) {
      expect(isComposing(message('a', 'sip:b@example.test', '', 1, { contentType }))).toBe(false)
    }
  })

  test('Expires: 0 is never stored; other values shorten the time and never lengthen it (RFC 3428 §5)', () => {
    const of = (value: string) => message('a', 'sip:b@example.test', '', 1, { headers: [['Expires', value]] })
    expect([isTransient(of('0')), isTransient(of('1'))]).toEqual([true, false])
    expect(expiresMs(of('60'), 1_000, 100_000)).toBe(61_000)
    expect(expiresMs(of('600'), 1_000, 100_000)).toBe(101_000)
    expect(expiresMs(message('a', 'sip:b@example.test', '', 1), 1_000, 100_000)).toBe(101_000)
  })
})

describe('dates', () => {
  test('are RFC 1123 dates (RFC 3261 §20.17)', () => {
    expect(encodeSipDate(Date.UTC(2010, 10, 13, 23, 29, 0))).toBe('Sat, 13 Nov 2010 23:29:00 GMT')
    expect(encodeCpimDate(Date.UTC(2000, 1, 29, 1, 2, 3))).toBe('2000-02-29T01:02:03Z')
  })

  test('agree with the platform at every time', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: Date.UTC(2400, 0, 1) }), (ms) => {
        expect(encodeSipDate(ms)).toBe(new Date(ms).toUTCString())
        expect(encodeCpimDate(ms)).toBe(new Date(ms).toISOString().replace(/\.\d+Z/, 'Z'))
      }),
    )
  })
})
