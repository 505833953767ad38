/**
 * Credentials of a realm, as they are found in requests that come one after another (RFC 3261 §22.3): what was parsed
 * for one is never taken for another.
 */
import { describe, expect, test } from 'vitest'
import { findCredentials, hasCredentialsFor } from '../../../../src/sip/digest/realm.ts'
import { parseMessage } from '../../../../src/sip/message/parse.ts'
import type { SipMessage } from '../../../../src/sip/message/sip-message.ts'

describe('credentials for a realm (RFC 3261 §22.3)', () => {
  const digest = (user: string, realm: string) =>
    `Digest username="${user}", realm="${realm}", nonce="n", uri="sip:example.test", response="0a"`
  const alice = requestWith(`Authorization: ${digest('alice', 'example.test')}`)
  const bob = requestWith(`Proxy-Authorization: ${digest('bob', 'example.test')}`)
  const elsewhere = requestWith(`Authorization: ${digest('alice', 'other.test')}`)
  const both = requestWith(
    `Authorization: ${digest('carol', 'other.test')}`,
    `Proxy-Authorization: ${digest('dave', 'example.test')}`,
  )
  const broken = requestWith('Authorization: Digest realm="example.test"')
  const expected: readonly (readonly [SipMessage, string | null])[] = [
    [alice, 'alice'],
    [bob, 'bob'],
    [elsewhere, null],
    [both, 'dave'],
    [broken, null],
    [requestWith(), null],
  ]

  test('each request has its own, whichever was looked at before', () => {
    for (const [first] of expected) {
      for (const [second, username] of expected) {
        findCredentials(first, 'example.test')
        expect(hasCredentialsFor(second, 'example.test')).toBe(username !== null)
        expect(findCredentials(second, 'example.test')?.username ?? null).toBe(username)
        expect(findCredentials(second, 'example.test')?.username ?? null).toBe(username)
      }
    }
  })
})

function requestWith(...lines: readonly string[]): SipMessage {
  const head = [
    'REGISTER sip:example.test SIP/2.0',
    'Via: SIP/2.0/TCP 192.0.2.1:5060;branch=z9hG4bK-1',
    'Max-Forwards: 70',
    'From: <sip:alice@example.test>;tag=1',
    'To: <sip:alice@example.test>',
    'Call-ID: 1@desk.example.test',
    'CSeq: 2 REGISTER',
    ...lines,
    'Content-Length: 0',
  ]
  return parseMessage(Buffer.from(`${head.join('\r\n')}\r\n\r\n`)).message!
}
