/**
 * RFC 3862 §2: the message/cpim body of a sent copy.
 */
import { expect, test } from 'vitest'
import { makeSentCopy } from '../../../src/messaging/sent-copy.ts'
import { HeaderId } from '../../../src/sip/message/header-id.ts'
import { aorOf, message, startMs } from '../../support/messaging-world.ts'

const entropy = { bytes: (count: number) => Buffer.alloc(count), word: (count: number) => 'ab'.repeat(count) }

function copyOf(text: string, options = {}) {
  const copy = makeSentCopy(message('alice', aorOf('bob'), text, 1, options), aorOf('alice'), entropy, startMs)
  if (copy === null) throw new Error('no copy')
  return copy
}

test('§2: names the original From and To and the time, then the content with its own headers, byte for byte', () => {
  const copy = copyOf('grüß dich\r\n\r\nbob', { contentType: 'text/plain;charset=utf-8' })
  expect(copy.first(HeaderId.contentType)).toBe('message/cpim')
  expect(copy.body.toString()).toBe(
    [
      'From: "alice" <sip:alice@example.test>',
      'To: <sip:bob@example.test>',
      'DateTime: 2026-01-15T09:30:00Z',
      '',
      'Content-Type: text/plain;charset=utf-8',
      '',
      'grüß dich',
      '',
      'bob',
    ].join('\r\n'),
  )
})

test('§2: the MESSAGE around it is from the user to the user, with an identity of its own', () => {
  const copy = copyOf('hello', { callId: 'original' })
  expect([copy.method, copy.requestUri, copy.from?.uri, copy.to?.uri]).toEqual([
    'MESSAGE',
    'sip:alice@example.test',
    'sip:alice@example.test',
    'sip:alice@example.test',
  ])
  expect(copy.callId).not.toBe('original')
})

test('an Expires of the original holds for the copy', () => {
  expect(copyOf('hello', { headers: [['Expires', '30']] }).expiresSeconds).toBe(30)
})
