/**
 * Runs seeds and expects nothing wrong. What fails prints the line that repeats it.
 */
import { expect } from 'vitest'
import { noMutant } from '../../sim/mutants/mutant.ts'
import { repeatCommand, runSeeds } from '../../sim/run-seeds.ts'
import { messages, type Scenario } from '../../sim/scenarios.ts'

export async function expectClean(from: number, count: number, scenario: Scenario = messages): Promise<void> {
  const failures: string[] = []
  for await (const { seed, violations } of runSeeds(from, count, {}, scenario)) {
    const [first] = violations
    if (first) failures.push(`${first.checker}: ${first.text}  repeat: ${repeatCommand(seed, noMutant, scenario)}`)
  }
  expect(failures).toEqual([])
}

/** One test for each so many seeds, so that a slow machine shows progress and a failure its place. */
export const seedsPerTest = 25
/** A seed takes 150 ms of a core that is otherwise idle. */
export const testTimeoutMs = 900_000
