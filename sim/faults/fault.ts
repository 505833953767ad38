/**
 * A kind of fault: what it may do to the world, and how often. The swarm of a run switches each kind on or off.
 */

import type { EventQueue } from '../world/event-queue.ts'
import type { Prng } from '../world/prng.ts'
import type { World } from '../world/world.ts'

export interface Fault<Of = World> {
  readonly name: string
  /** Probability that a run has it at all. */
  readonly share: number
  /** Once, at the start of the safety phase. */
  start?(world: Of, random: Prng): void
  /** Mean time between two strikes. */
  readonly everyMs?: number
  strike?(world: Of, random: Prng): void
}

/** Plans the strikes of one kind until the safety phase ends. */
export function unleash<Of extends { readonly events: EventQueue }>(
  fault: Fault<Of>,
  world: Of,
  random: Prng,
  untilMs: number,
): void {
  fault.start?.(world, random)
  const { everyMs, strike } = fault
  if (everyMs === undefined || !strike) return
  const planNext = (): void => {
    const delayMs = Math.ceil(-Math.log(1 - random.float()) * everyMs)
    if (world.events.nowMs + delayMs >= untilMs) return
    world.events.after(delayMs, () => {
      strike(world, random)
      planNext()
    })
  }
  planNext()
}
