/**
 * One seed of many on a thread of its own (`seeds.ts`): what is wrong in it, and nothing else of its record.
 */
import type { CorrectnessRecord } from '../measure/run-record.ts'
import { runVirtual, type VirtualChoice } from './run-virtual.ts'

export interface SeedResult {
  readonly seed: number
  readonly correctness: CorrectnessRecord
  readonly traceHash: string
  readonly events: number
}

/** What reaches another thread: data alone. */
export type SeedTask = Omit<VirtualChoice, 'mutant' | 'onTrace' | 'onViolation' | 'onProgress'>

export async function runVirtualSeed(task: SeedTask): Promise<SeedResult> {
  const { correctness, traceHash = '', server } = await runVirtual(task)
  return { seed: task.seed, correctness, traceHash, events: server?.counters.events ?? 0 }
}
