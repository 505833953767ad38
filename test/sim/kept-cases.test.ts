/**
 * Failures of virtual runs that were made small, replayed for ever (CAPACITY H.6): what was mended stays mended, and
 * what was planted is still found.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parseCase, runCase } from '../../sim/virtual/shrink/kept-case.ts'

const folder = join(import.meta.dirname, '../../sim/cases')
const linesMax = 50
const timeout = 120_000

describe('simulation: kept cases of virtual runs', () => {
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.json'))) {
    const text = readFileSync(join(folder, file), 'utf8')
    const kept = parseCase(text)

    it(`${file} is small, and says what mended it`, () => {
      expect(text.trimEnd().split('\n').length).toBeLessThanOrEqual(linesMax)
      expect(kept.mendedBy).not.toBe('')
    })

    it(`${file} does not fail any more: ${kept.wrong}`, { timeout }, async () => {
      const { correctness } = await runCase(kept, false)
      expect(correctness.examples).toEqual([])
    })

    if (kept.mutant !== null) {
      it(`${file} fails with ${kept.mutant}`, { timeout }, async () => {
        const { correctness } = await runCase(kept, true)
        expect(correctness[kept.finds]).toBeGreaterThan(0)
      })
    }
  }
})
