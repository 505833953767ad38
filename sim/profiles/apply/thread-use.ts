/**
 * The serial check: a quota is shared by all threads of a process, a real CPU is not. If one thread used more of a core
 * in any second than one CPU of the profile has to give, the real machine would have been late there.
 */
import type { ByBound } from '../range-of-three.ts'
import { byBound } from '../range-of-three.ts'

/** Parts of one CPU of the profile; above 1 it would have been late. */
export function busiestThreadUse(threads: readonly { readonly busiestSecond: number }[], mix: ByBound): ByBound {
  const busiest = Math.max(0, ...threads.map(({ busiestSecond }) => busiestSecond))
  return byBound((bound) => busiest * mix[bound])
}
