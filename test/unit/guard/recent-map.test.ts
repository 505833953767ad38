/**
 * The map that forgets what was not asked for longest.
 */
import { expect, test } from 'vitest'
import { RecentMap } from '../../../src/guard/index.ts'

test('keeps at least the last half of its bound, and never more than the bound', () => {
  const map = new RecentMap<number, number>(100)
  for (let key = 0; key < 1_000; key++) map.set(key, -key)
  const kept = Array.from({ length: 1_000 }, (_, key) => key).filter((key) => map.get(key) !== undefined)
  expect(kept.length).toBeGreaterThanOrEqual(50)
  expect(kept.length).toBeLessThanOrEqual(100)
  expect(kept.at(-1)).toBe(999)
  expect(map.get(950)).toBe(-950)
})

test('what is asked for stays, however much passes by', () => {
  const map = new RecentMap<string, number>(10)
  map.set('asked', 1)
  for (let key = 0; key < 1_000; key++) {
    map.set(`other ${key}`, key)
    expect(map.get('asked')).toBe(1)
  }
})

test('a value that is set again counts once', () => {
  const map = new RecentMap<string, number>(4)
  map.set('a', 1)
  for (let value = 0; value < 10; value++) map.set('b', value)
  expect([map.get('a'), map.get('b')]).toEqual([1, 9])
})
