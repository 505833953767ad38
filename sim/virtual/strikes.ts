/**
 * The faults of a run, planned before it begins: when each strikes. Every strike has a stream of chance of its own,
 * made from the seed, its kind and its number, so that leaving one out changes no other.
 */
import type { Fault } from '../faults/fault.ts'
import { virtualFaults } from '../faults/virtual-faults.ts'
import { Prng } from '../world/prng.ts'
import type { World } from '../world/world.ts'

export interface Strike {
  /** Name of its kind. */
  readonly fault: string
  /** -1: what the kind does once, when the run begins. */
  readonly number: number
  /** Model time, milliseconds from the start of the run. */
  readonly atMs: number
}

/** A run of days is not struck more often in all than one of this length. */
const densestMs = 20 * 60_000

export function planStrikes(seed: number, untilMs: number): Strike[] {
  const stretch = Math.max(1, untilMs / densestMs)
  return virtualFaults.flatMap((fault) => [...strikesOf(fault, seed, stretch, untilMs)])
}

function* strikesOf(fault: Fault, seed: number, stretch: number, untilMs: number): Generator<Strike> {
  const { name, start, strike, everyMs } = fault
  if (start) yield { fault: name, number: -1, atMs: 0 }
  if (!strike || everyMs === undefined) return
  const random = new Prng(seed, `${name} gaps`)
  let atMs = 0
  for (let number = 0; ; number++) {
    atMs += Math.ceil(-Math.log(1 - random.float()) * everyMs * stretch)
    if (atMs >= untilMs) return
    yield { fault: name, number, atMs }
  }
}

/** Each of them happens when it is due; model time begins now. Throws where there is no such kind. */
export function schedule(strikes: readonly Strike[], seed: number, world: World): void {
  for (const { fault: name, number, atMs } of strikes) {
    const fault = virtualFaults.find((each) => each.name === name)
    if (!fault) throw new Error(`there is no kind of fault called ${name}`)
    const random = new Prng(seed, `${name} ${number}`)
    world.events.after(atMs, () => {
      if (number < 0) fault.start?.(world, random)
      else fault.strike?.(world, random)
    })
  }
}
