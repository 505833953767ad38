/**
 * The map that forgets what was not asked for longest.
 */
import fc from 'fast-check'
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

test('entries are as heavy as one says', () => {
  const step = fc.record({ key: fc.integer({ min: 0, max: 20 }), weight: fc.integer({ min: 1, max: 50 }) })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const map = new RecentMap<string, number>(100, (weight) => weight)
      for (const { key, weight } of steps) {
        map.set(`${key} ${weight}`, weight)
        expect(map.get(`${key} ${weight}`)).toBe(weight)
        let held = 0
        for (let each = 0; each <= 20; each++) {
          for (let heavy = 1; heavy <= 50; heavy++) if (map.has(`${each} ${heavy}`)) held += heavy
        }
        expect(held).toBeLessThanOrEqual(100)
      }
    }),
    { numRuns: 20 },
  )
})

test('one that is heavier than all may be held, and little beside it', () => {
  const map = new RecentMap<string, number>(100, (weight) => weight)
  map.set('small', 10)
  map.set('huge', 1_000)
  expect(map.get('huge')).toBe(1_000)
  map.set('next', 10)
  map.set('other', 45)
  expect([map.has('huge'), map.has('next'), map.has('other')]).toEqual([false, true, true])
})
