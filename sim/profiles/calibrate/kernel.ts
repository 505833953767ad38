/**
 * What a kernel is: a small piece of work of one class, repeated for a slice of time; its cost is CPU time per
 * operation, the same on every machine but for the machine.
 */
import type { FactorClass } from '../profile.ts'

export const kernelNames = [
  'int-crc',
  'sip-loop',
  'json-map',
  'mem-chase',
  'tls-full',
  'tls-resume',
  'asym-ops',
  'echo-net',
] as const
export type KernelName = (typeof kernelNames)[number]

/** The class that its score speaks for; `check` and `memory` enter no conversion. */
export type KernelClass = FactorClass | 'check' | 'memory'

export interface Kernel {
  readonly class: KernelClass
  /** One operation, in words. */
  readonly operation: string
  start(): Promise<RunningKernel>
}

export interface RunningKernel {
  /** Works for about so long, in milliseconds; resolves with how many operations it did. */
  slice(ms: number): Promise<number>
  stop(): Promise<void>
}

/** A kernel that never waits: `work` does `operations` at once. */
export function synchronous(work: () => void, operations: number): RunningKernel {
  return {
    slice: async (ms) => {
      const until = performance.now() + ms
      let done = 0
      do {
        work()
        done += operations
      } while (performance.now() < until)
      return done
    },
    stop: async () => undefined,
  }
}

/** One asynchronous operation after the other. */
export function oneByOne(work: () => Promise<void>, stop: () => Promise<void>): RunningKernel {
  return {
    slice: async (ms) => {
      const until = performance.now() + ms
      let done = 0
      do {
        await work()
        done++
      } while (performance.now() < until)
      return done
    },
    stop,
  }
}
