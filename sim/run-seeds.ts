/**
 * Many seeds, one after the other.
 */
import { type Mutant, noMutant } from './mutants/mutant.ts'
import { type RunOptions, type RunResult, runSeed } from './run.ts'

export async function* runSeeds(from: number, count: number, options: RunOptions = {}): AsyncGenerator<RunResult> {
  for (let seed = from; seed < from + count; seed++) yield await runSeed(seed, options)
}

/** The one line that repeats a failing seed. */
export function repeatCommand(seed: number, mutant: Mutant = noMutant): string {
  return `npm run sim -- --seed ${seed} --trace${mutant === noMutant ? '' : ` --mutant ${mutant.name}`}`
}
