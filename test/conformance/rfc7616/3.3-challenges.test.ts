/**
 * Challenges, and the client's answer to them (RFC 7616 §3.3 and §3.4, RFC 8760 §2, RFC 3261 §22.2).
 */
import { describe, expect, test } from 'vitest'
import { encodeChallenge, parseChallenge, parseDigestCredentials } from '../../../src/sip/digest/challenge.ts'
import { answerChallenge } from '../../../src/sip/digest/client.ts'
import { computeHa1, computeResponse, verifyResponse } from '../../../src/sip/digest/compute.ts'

const sha256 = { realm: 'example.test', nonce: 'n"1', algorithm: 'SHA-256', stale: false, qop: 'auth' } as const
const md5 = { ...sha256, algorithm: 'MD5' } as const
const body = Buffer.from('see you at ten')
const answer = { username: 'alice', password: 'secret', method: 'MESSAGE', uri: 'sip:bob@example.test' } as const
const complete = { ...answer, body, nc: 1, cnonce: 'c0ffee' }

function answered(...challenges: string[]) {
  const value = answerChallenge(
    challenges.map((text) => parseChallenge(text)!),
    complete,
  )
  return value === null ? null : parseDigestCredentials(value)
}

function isRight(credentials: ReturnType<typeof answered>, content: Uint8Array | null): boolean {
  const ha1 = computeHa1(credentials!.algorithm, 'alice', 'example.test', 'secret')
  return verifyResponse(credentials!, ha1, 'MESSAGE', content)
}

describe('RFC 7616 §3.3: challenges', () => {
  test('algorithm and stale are tokens, everything else is quoted', () => {
    const text = encodeChallenge({ ...sha256, nonce: 'n1', stale: true, opaque: 'o' })
    expect(text).toBe('Digest realm="example.test", nonce="n1", algorithm=SHA-256, qop="auth", stale=true, opaque="o"')
  })

  test('stale is named only when it is true', () => {
    expect(encodeChallenge(sha256)).not.toContain('stale')
  })

  test('what we write we read', () => {
    expect(parseChallenge(encodeChallenge({ ...md5, qop: 'auth,auth-int', stale: true, opaque: 'o\\' }))).toEqual({
      realm: 'example.test',
      nonce: 'n"1',
      algorithm: 'MD5',
      qop: ['auth', 'auth-int'],
      qopOffered: true,
      stale: true,
      opaque: 'o\\',
    })
  })

  test.each(['Digest realm="r"', 'Digest nonce="n"', 'Basic realm="r"', 'NTLM', ''])('%o is no challenge', (text) => {
    expect(parseChallenge(text)).toBeNull()
  })
})

describe('RFC 3261 §22.2: the client answers', () => {
  test('the first challenge whose algorithm it knows (RFC 8760 §2.4)', () => {
    const unknown = 'Digest realm="example.test", nonce="n", algorithm=SHA-512-256, qop="auth"'
    expect(answered(unknown, encodeChallenge(sha256), encodeChallenge(md5))?.algorithm).toBe('SHA-256')
    expect(answered(encodeChallenge(md5), encodeChallenge(sha256))?.algorithm).toBe('MD5')
  })

  test('nothing when it knows none', () => {
    expect(answered('Digest realm="r", nonce="n", algorithm=SHA-512-256, qop="auth"')).toBeNull()
    expect(answered('Digest realm="r", nonce="n", qop="auth-conf"')).toBeNull()
  })

  test('with a response that the server finds right, for auth', () => {
    const credentials = answered(encodeChallenge({ ...sha256, qop: 'auth-int,auth' }))
    expect(credentials).toMatchObject({ qop: 'auth', nc: 1, nonce: 'n"1', uri: 'sip:bob@example.test' })
    expect(isRight(credentials, null)).toBe(true)
  })

  test('with a response over the body, for auth-int', () => {
    const credentials = answered(encodeChallenge({ ...md5, qop: 'auth-int' }))
    expect(credentials?.qop).toBe('auth-int')
    expect(isRight(credentials, body)).toBe(true)
    expect(isRight(credentials, Buffer.from('see you at two'))).toBe(false)
    expect(isRight(credentials, null)).toBe(false)
  })

  test('as RFC 2069 did, for a server that offers no qop', () => {
    const credentials = answered('Digest realm="example.test", nonce="n", opaque="o"')
    expect(credentials).toMatchObject({ qop: null, nc: null, cnonce: null, opaque: 'o', algorithm: 'MD5' })
    expect(isRight(credentials, null)).toBe(true)
  })

  test('and the body of a request without one is empty in auth-int', () => {
    const common = { algorithm: 'MD5', ha1: 'h', method: 'M', uri: 'u', nonce: 'n', nc: 1, cnonce: 'c' } as const
    const input = { ...common, qop: 'auth-int' as const }
    expect(computeResponse({ ...input, body: null })).toBe(computeResponse({ ...input, body: Buffer.alloc(0) }))
  })
})
