/**
 * Runs seeds and expects nothing wrong. What fails prints the line that repeats it.
 */
import { expect } from 'vitest'
import { repeatCommand, runSeeds } from '../../sim/run-seeds.ts'

export async function expectClean(from: number, count: number): Promise<void> {
  const failures: string[] = []
  for await (const { seed, violations } of runSeeds(from, count)) {
    const [first] = violations
    if (first) failures.push(`${first.checker}: ${first.text}  repeat: ${repeatCommand(seed)}`)
  }
  expect(failures).toEqual([])
}

/** One test for each so many seeds, so that a slow machine shows progress and a failure its place. */
export const seedsPerTest = 25
/** A seed takes 150 ms of a core that is otherwise idle. */
export const testTimeoutMs = 120_000
