/**
 * Many seeds, one after the other.
 */
import { type Mutant, noMutant } from './mutants/mutant.ts'
import type { RunOptions, RunResult } from './run.ts'
import { messages, type Scenario } from './scenarios.ts'

export async function* runSeeds(
  from: number,
  count: number,
  options: RunOptions = {},
  scenario: Scenario = messages,
): AsyncGenerator<RunResult> {
  for (let seed = from; seed < from + count; seed++) yield await scenario.runSeed(seed, options)
}

/** The one line that repeats a failing seed. */
export function repeatCommand(seed: number, mutant: Mutant = noMutant, scenario: Scenario = messages): string {
  const which = scenario === messages ? '' : ` --scenario ${scenario.name}`
  return `npm run sim --${which} --seed ${seed} --trace${mutant === noMutant ? '' : ` --mutant ${mutant.name}`}`
}
