/**
 * The bench of the parser runs, does its work, and does the same work each time. Its figures are not judged here.
 */
import { expect, it } from 'vitest'
import { measureMessages } from '../../../../bench/micro/sip-message.ts'

it('bench/micro/sip-message.ts at smoke size', () => {
  const { digest, ...figures } = measureMessages(300)
  expect(measureMessages(300).digest).toBe(digest)
  expect(Object.values(figures).every((micros) => micros > 0)).toBe(true)
})
