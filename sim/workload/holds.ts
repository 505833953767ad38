/**
 * The steps of a load that grows: when all have come who belong to one, until the next begins.
 */
import { signedInUsers } from './presets/steady.ts'
import type { Workload } from './workload.ts'

export interface Hold {
  /** Of the largest step, 0 … 1. */
  readonly share: number
  /** Model time. */
  readonly fromMs: number
  readonly toMs: number
}

/** Empty where the load has one size. */
export function holdsOf({ parameters, plan }: Pick<Workload, 'parameters' | 'plan'>): readonly Hold[] {
  const { arrival, durationMs } = plan
  if (arrival.kind !== 'ramp' || arrival.steps.length < 2) return []
  const most = arrival.steps.at(-1)!.share
  let before = 0
  return arrival.steps.map(({ atMs, share }, index) => {
    const coming = ((share - before) / most) * signedInUsers(parameters)
    before = share
    const fromMs = atMs + Math.ceil((coming / arrival.perSecond) * 1_000)
    return { share: share / most, fromMs, toMs: arrival.steps[index + 1]?.atMs ?? durationMs }
  })
}
