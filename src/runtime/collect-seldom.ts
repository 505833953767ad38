/**
 * How often V8 marks all that lives: seldom. A server of 10,000 users has 140 MB of it in each of two workers, and what
 * is marked costs processor time whether or not there was garbage; memory for as much again is there.
 */
import { setFlagsFromString } from 'node:v8'

/** The first major version of V8 that knows `--external-memory-accounted-in-global-limit`; others print a complaint. */
const countsBuffersFrom = 13

const flags = [
  /** The heap may double. By itself V8 lets that of a thread that allocates slowly grow by a third. */
  '--heap-growing-percent=100',
  /** Nor begins V8 a collection because little happens, after which the next comes when 9 MB were asked for. */
  '--no-memory-reducer',
] as const

/** For all threads of this process that begin afterwards. */
export function collectSeldom(): void {
  for (const flag of flags) setFlagsFromString(flag)
  if (Number.parseInt(process.versions.v8, 10) < countsBuffersFrom) return
  /**
   * Otherwise a full collection begins whenever 64 MB of memory outside the heap were asked for since the last, however
   * large the heap is: in a storm of NOTIFYs, whose bodies are Buffers that die young, once a second.
   */
  setFlagsFromString('--external-memory-accounted-in-global-limit')
}
