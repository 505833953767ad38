/**
 * Sealed tokens: what this server sealed for a purpose it opens, any number of times, and nothing else.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { KeyedSeals } from '../../../src/runtime/seals.ts'

const key = (first: number) => Uint8Array.from({ length: 32 }, (_, index) => index + first)
const seals = new KeyedSeals(key(1))

describe('a sealed token', () => {
  it('says what was sealed, at the first look and at every other, in every worker', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 300, unit: 'grapheme' }), (text) => {
        const token = seals.seal('route', text)
        expect(token).toMatch(/^[\w-]+$/)
        expect([seals.open('route', token), seals.open('route', token)]).toEqual([text, text])
        expect(new KeyedSeals(key(1)).open('route', token)).toBe(text)
        expect(seals.seal('route', text)).toBe(token)
      }),
    )
  })

  it('is nothing for another purpose, also after it was opened for its own', () => {
    const token = seals.seal('route', 'sip:alice@example.test')
    expect(seals.open('route', token)).toBe('sip:alice@example.test')
    expect([seals.open('gruu', token), seals.open('gruu', token)]).toEqual([null, null])
  })

  it('is nothing under another key, cut short, or changed in any place', () => {
    const token = seals.seal('route', 'sip:alice@example.test 0.1.7.aa')
    expect(new KeyedSeals(key(2)).open('route', token)).toBeNull()
    for (let at = 0; at < token.length - 1; at++) {
      const changed = `${token.slice(0, at)}${token[at] === 'A' ? 'B' : 'A'}${token.slice(at + 1)}`
      expect([seals.open('route', changed), seals.open('route', changed)]).toEqual([null, null])
      expect(seals.open('route', token.slice(0, at))).toBeNull()
    }
  })
})
