/**
 * Keeps the benches of presence in bench/micro/ running; their figures are judged elsewhere.
 */
import { expect, test } from 'vitest'
import { measureLists } from '../../../bench/micro/list-members.ts'
import { measureDocuments } from '../../../bench/micro/presence-document.ts'

test('the bench of presence documents works (smoke)', () => {
  const { digest, bytes } = measureDocuments(100)
  expect(digest).toBe(measureDocuments(100).digest)
  expect(bytes).toBeGreaterThan(500)
})

test('the bench of list members counts every watch at both ends (smoke)', () => {
  expect(measureLists(20, 5).digest).toBe(20 * 5 * 3 + 20 * 5)
})
