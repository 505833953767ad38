/**
 * Bodies with a Content-Encoding that the server reads itself (RFC 3261 §20.12).
 */
import { deflateRawSync, deflateSync, gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { decodeBody } from '../../../src/sip/message/content-coding.ts'

const text = Buffer.from('<resource-lists/>'.repeat(20))

function decoded(body: Uint8Array, encoding: string | null, bytesMax = 1_000): string {
  const result = decodeBody(body, encoding, bytesMax)
  return result.ok ? Buffer.from(result.body).toString() : result.fault
}

describe('RFC 3261 §20.12: Content-Encoding', () => {
  test('deflate with and without its frame, gzip, several on top of each other, and none', () => {
    expect(decoded(deflateSync(text), 'deflate')).toBe(String(text))
    expect(decoded(deflateRawSync(text), 'Deflate')).toBe(String(text))
    expect(decoded(gzipSync(text), 'gzip')).toBe(String(text))
    expect(decoded(gzipSync(deflateSync(text)), 'deflate, gzip')).toBe(String(text))
    expect(decoded(text, 'identity')).toBe(String(text))
    expect(decoded(text, null)).toBe(String(text))
  })

  test('a body of nothing is nothing, whatever it claims to be (Linphone’s refresh)', () => {
    expect(decoded(Buffer.alloc(0), 'deflate')).toBe('')
  })

  test('an unknown coding, a broken body and one that would grow too large are told apart', () => {
    expect(decoded(text, 'br')).toBe('unknown')
    expect(decoded(Buffer.from('no zlib at all'), 'deflate')).toBe('broken')
    expect(decoded(deflateSync(text).subarray(0, 10), 'deflate')).toBe('broken')
    expect(decoded(deflateSync(Buffer.alloc(10_000_000)), 'deflate')).toBe('too-large')
    expect(decoded(text, null, 10)).toBe('too-large')
  })
})
