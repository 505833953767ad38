/**
 * Does the checker that is named for a planted fault catch it, and how soon?
 */
import type { Mutant } from './mutants/mutant.ts'
import { runSeeds } from './run-seeds.ts'
import { messages, type Scenario } from './scenarios.ts'

export interface Catch {
  /** The first seed in which the named checker spoke; null: none did. */
  readonly seed: number | null
  readonly seedsRun: number
  readonly text: string
}

export async function catchMutant(
  mutant: Mutant,
  from: number,
  seedsMax: number,
  scenario: Scenario = messages,
): Promise<Catch> {
  let seedsRun = 0
  for await (const result of runSeeds(from, seedsMax, { mutant }, scenario)) {
    seedsRun++
    const found = result.violations.find(({ checker }) => checker === mutant.caughtBy)
    if (found) return { seed: result.seed, seedsRun, text: found.text }
  }
  return { seed: null, seedsRun, text: '' }
}
