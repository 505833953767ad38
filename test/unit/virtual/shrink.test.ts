/**
 * A failing seed is cut down (CAPACITY H.6): delta debugging leaves nothing that can be left out, and a planted fault
 * under all others becomes a case of at most 50 lines that still fails, and not without it.
 */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { acknowledgeBeforeFlush } from '../../../sim/mutants/acknowledge-before-flush.ts'
import { caseText, parseCase, runCase } from '../../../sim/virtual/shrink/kept-case.ts'
import { minimize } from '../../../sim/virtual/shrink/minimize.ts'
import { shrink } from '../../../sim/virtual/shrink/shrink.ts'
import { struck } from '../../support/virtual-runs.ts'

it('what is needed stays, in its order, and nothing else', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(fc.nat(200), { maxLength: 60 }), fc.nat(5), async (items, count) => {
      const needed = items.filter((_, index) => index % 7 === 3).slice(0, count)
      const kept = await minimize(items, async (list) => needed.every((each) => list.includes(each)))
      expect(kept).toEqual(needed)
    }),
  )
})

it('no single thing can be left out, also where several alone would do', async () => {
  const stillFails = async (list: readonly number[]) => list.filter((each) => each % 3 === 0).length >= 2
  const kept = await minimize([1, 3, 4, 6, 9, 11, 12], stillFails)
  expect(kept.length).toBe(2)
  expect(await stillFails(kept)).toBe(true)
})

it('a planted fault among many real ones becomes a case of 50 lines', { timeout: 600_000 }, async () => {
  let shrunk = null
  for (let seed = 1; seed <= 12 && shrunk === null; seed++) {
    shrunk = await shrink(
      { ...struck(seed, { users: 6, contacts: 2 }, 30_000), mutant: acknowledgeBeforeFlush },
      () => {},
    )
  }
  const text = caseText(shrunk!.kept)
  expect(text.trimEnd().split('\n').length).toBeLessThanOrEqual(50)
  const kept = parseCase(text)
  expect(kept.mutant).toBe('acknowledge-before-flush')
  expect(kept.strikes.length).toBeGreaterThan(0)
  expect((await runCase({ ...kept, strikes: [] }, true)).correctness.examples).toEqual([])
  expect((await runCase(kept, true)).correctness[kept.finds]).toBeGreaterThan(0)
  expect((await runCase(kept, false)).correctness.examples).toEqual([])
})
