/**
 * Texts that outlive their message.
 */
import { expect, test } from 'vitest'
import { ownText } from '../../../../src/sip/message/own-text.ts'

test('is the same text', () => {
  for (const text of ['', 'a', 'sip:alice@example.test', 'Zoë €', '\u{1f600}']) expect(ownText(text)).toBe(text)
})

test('keeps what was there before where nothing changed', () => {
  expect(ownText('same', 'same')).toBe('same')
  expect(ownText('new', 'old')).toBe('new')
  expect(ownText('new', null)).toBe('new')
})
