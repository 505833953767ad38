/**
 * All planted faults, and nothing else.
 */
import type { Mutant } from './mutant.ts'

export const allMutants: readonly Mutant[] = []
