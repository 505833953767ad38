/**
 * Keeps bench/micro/presence-document.ts running; its figures are judged by the gates, not here.
 */
import { expect, test } from 'vitest'
import { measureDocuments } from '../../../bench/micro/presence-document.ts'

test('the bench of presence documents works (smoke)', () => {
  const { digest, bytes } = measureDocuments(100)
  expect(digest).toBe(measureDocuments(100).digest)
  expect(bytes).toBeGreaterThan(500)
})
