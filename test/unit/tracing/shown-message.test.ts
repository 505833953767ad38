/**
 * The promise of traces and captures: a whole message (RFC 3261 §7) without what proves who somebody is, and without
 * texts where nobody asked for them.
 */
import { expect, it } from 'vitest'
import { parseMessage } from '../../../src/sip/message/parse.ts'
import { shownMessage } from '../../../src/tracing/index.ts'
import { requestBytes } from '../../support/requests.ts'

const headers = {
  Authorization:
    'Digest username="alice", realm="example.test", nonce="n0nce", uri="sip:x", response="s3cret", qop=auth',
  'Proxy-Authorization': 'Basic YWxpY2U6czNjcmV0',
  Subject: 'the s3cret lake',
  'X-Way': '<sip:bob:s3cret@example.test>;lr',
}

function shown(withBody: boolean) {
  const { message } = parseMessage(requestBytes({ headers, body: 'meet me, s3cret' }))
  return shownMessage(message!, withBody)
}

it('hides credentials, subject and body, and stays a message', () => {
  const bytes = shown(false)
  expect(bytes.toString()).not.toMatch(/s3cret|n0nce|YWxp/)
  const { message, fault } = parseMessage(bytes)
  expect([fault, message!.method, message!.body.length, message!.named('X-Way')]).toEqual([
    null,
    'MESSAGE',
    0,
    '<sip:bob@example.test>;lr',
  ])
  expect(message!.named('Authorization')).toBe(
    'Digest username="alice", realm="example.test", qop=auth, response="(hidden)"',
  )
  expect(message!.named('Proxy-Authorization')).toBe('Basic (hidden)')
})

it('with the body, and credentials hidden all the same', () => {
  const { message } = parseMessage(shown(true))
  expect(message!.body.toString()).toBe('meet me, s3cret')
  expect(message!.named('Subject')).toBe('the s3cret lake')
  expect(message!.headersCount).toBeGreaterThan(5)
  expect(message!.named('Authorization')).not.toContain('s3cret')
})

it('what looks like a name inside a quoted value is not taken for one', () => {
  const forged = 'Digest username="a", response="x, nc=s3cret, realm=s3cret", cnonce="qop=s3cret"'
  const { message } = parseMessage(requestBytes({ headers: { Authorization: forged } }))
  expect(shownMessage(message!, true).toString()).not.toContain('s3cret')
})
