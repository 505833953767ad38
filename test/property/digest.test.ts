/**
 * Digest headers (RFC 7616): what we write we read, whatever the values hold, and nothing that a peer sends throws.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { encodeChallenge, parseChallenge, parseDigestCredentials } from '../../src/sip/digest/challenge.ts'
import { answerChallenge } from '../../src/sip/digest/client.ts'
import { computeHa1, verifyResponse } from '../../src/sip/digest/compute.ts'

// Line ends cannot stand in a header value; everything else can, quotes and backslashes above all.
const value = fc.string({ unit: fc.oneof(fc.constantFrom('"', '\\', ',', '=', ' ', 'ä'), fc.string({ maxLength: 1 })) })
const algorithm = fc.constantFrom('MD5' as const, 'SHA-256' as const)
const qop = fc.constantFrom('auth', 'auth-int', 'auth,auth-int')

test('the answer of a client is right for the challenge of a server, whatever names, nonces and passwords hold', () => {
  const who = fc.record({ username: value, password: value, method: fc.string(), uri: value, cnonce: value })
  const challenge = fc.record({ realm: value, nonce: value, algorithm, stale: fc.boolean(), qop, opaque: value })
  const body = fc.option(fc.uint8Array())
  fc.assert(
    fc.property(who, challenge, body, fc.nat(0xffffffff), (client, server, content, nc) => {
      const parsed = parseChallenge(encodeChallenge(server))!
      expect(parsed).toMatchObject({ realm: server.realm, nonce: server.nonce, opaque: server.opaque })
      const credentials = parseDigestCredentials(answerChallenge([parsed], { ...client, body: content, nc })!)!
      expect(credentials).toMatchObject({ username: client.username, uri: client.uri, nc, opaque: server.opaque })
      const ha1 = computeHa1(server.algorithm, client.username, server.realm, client.password)
      expect(verifyResponse(credentials, ha1, client.method, content)).toBe(true)
    }),
  )
})

test('no text throws, and what is taken has all that a check needs', () => {
  const piece = fc.constantFrom(
    'username',
    'realm=',
    'nonce="',
    '"',
    '\\',
    ', ',
    '=',
    'nc=1',
    'qop=auth',
    'é',
    '\r\n ',
    '*',
  )
  const text = fc.array(fc.oneof(piece, fc.string()), { maxLength: 30 }).map((pieces) => `Digest ${pieces.join('')}`)
  fc.assert(
    fc.property(text, (header) => {
      parseChallenge(header)
      const credentials = parseDigestCredentials(header)
      if (credentials !== null) expect(verifyResponse(credentials, 'ha1', 'MESSAGE', null)).toBe(false)
    }),
  )
})
