/**
 * Keeps bench/micro/timer-wheel.ts running; its figures are judged by the gates, not here.
 */
import { expect, test } from 'vitest'
import { measureWheel } from '../../../bench/micro/timer-wheel.ts'

test('the bench of the timer wheel works (smoke)', () => {
  expect(measureWheel(100, 1_000).firedCount).toBe(1_000)
})
