/**
 * Keeps bench/micro/digest.ts running; its figures are judged by the gates, not here.
 */
import { expect, test } from 'vitest'
import { measureDigest } from '../../../../bench/micro/digest.ts'

test.each(['MD5', 'SHA-256'] as const)('the bench of the digest check works for %s (smoke)', (algorithm) => {
  expect(measureDigest(algorithm, 500).verifiedCount).toBe(500)
})
