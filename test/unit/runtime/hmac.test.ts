/**
 * HMAC-SHA-256 against Node's own, which is slower.
 */
import { createHmac, randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { HmacSha256 } from '../../../src/runtime/hmac.ts'

describe('HMAC-SHA-256 (RFC 2104)', () => {
  test.each([1, 20, 32, 63, 64])('equals the one of OpenSSL with a key of %i bytes', (keyBytes) => {
    const key = randomBytes(keyBytes)
    const hmac = new HmacSha256(key)
    // Up and down in length: what an earlier, longer text left behind does not count.
    for (const length of [0, 1, 55, 64, 900, 5_000, 20, 3]) {
      const text = 'ä€x'.repeat(length)
      const expected = createHmac('sha256', key).update(text)
      expect(hmac.ofText(text, 'base64url')).toBe(expected.digest('base64url'))
      const bytes = randomBytes(length)
      const both = createHmac('sha256', key).update(text).update(bytes)
      expect(hmac.ofBytes(text, bytes).equals(both.digest())).toBe(true)
    }
  })

  test('refuses a key longer than a block', () => {
    expect(() => new HmacSha256(randomBytes(65))).toThrow('longer than a block')
  })
})
