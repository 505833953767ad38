/**
 * A table of numbers behaves as a map does, whatever its size: it has an index from some size on.
 */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { NumberTable } from '../../../src/presence/watching/number-table.ts'

interface Act {
  readonly key: number
  readonly value: number
  readonly isDelete: boolean
}

/** Few enough that the same number comes again; they collide in the index as numbers in a row do and as others do. */
const key = fc.oneof(
  fc.nat(300),
  fc.nat(300).map((number) => number * 0x10000),
  fc.integer({ min: 0, max: 0xfffffffe }),
)
const act = fc.record({ key, value: fc.nat(255), isDelete: fc.boolean() })
/** Grows beyond the size of an index, then acts at random, so that removals come to both sides of it. */
const acts = fc.tuple(fc.array(act, { maxLength: 20 }), fc.nat(400), fc.array(act, { maxLength: 600 }))

it('holds what a map holds', () => {
  fc.assert(fc.property(acts, ([first, grownBy, others]) => isAsMap(first, grownBy, others)))
})

function isAsMap(first: readonly Act[], grownBy: number, others: readonly Act[]): void {
  const table = new NumberTable({ isTimed: true })
  const model = new Map<number, number>()
  const grown = Array.from({ length: grownBy }, (_, number) => ({ key: number, value: number & 255, isDelete: false }))
  const shrunk = grown.map((each) => ({ ...each, isDelete: true }))
  for (const { key, value, isDelete } of [...first, ...grown, ...others, ...shrunk, ...others]) {
    if (isDelete) expect(table.delete(key)).toBe(model.delete(key))
    else {
      expect(table.set(key, value, key % 1000)).toBe(!model.has(key))
      model.set(key, value)
    }
    expect(table.get(key)).toBe(model.get(key) ?? -1)
    expect(table.count).toBe(model.size)
  }
  const held = Array.from({ length: table.count }, (_, index) => [table.keyAt(index), table.valueAt(index)])
  expect(new Map(held as [number, number][])).toEqual(model)
  for (const [index, [key]] of held.entries()) {
    expect(table.indexOf(key!)).toBe(index)
    expect(table.timeAt(index)).toBe(key! % 1000)
  }
}
