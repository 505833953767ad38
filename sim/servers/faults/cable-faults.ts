/**
 * What happens to the connections between servers: they are cut, hang without a word, are cut off together, are slow.
 */
import type { Fault } from '../../faults/fault.ts'
import type { Prng } from '../../world/prng.ts'
import { type Farm, othersOf } from '../farm.ts'

/** All connections of one pair end; new ones may begin at once. */
export const cableCut: Fault<Farm> = {
  name: 'cable-cut',
  share: 0.6,
  everyMs: 6_000,
  strike(farm, random) {
    const [a, b] = pair(farm, random)
    farm.history.fault(`cable cut ${a} ${b}`, farm.events.nowMs)
    farm.cables.cut(a, b)
  },
}

/** Nothing passes between two servers, and nobody is told. */
export const cableHangs: Fault<Farm> = {
  name: 'cable-hangs',
  share: 0.5,
  everyMs: 12_000,
  strike(farm, random) {
    hang(farm, random, [pair(farm, random)])
  },
}

/** One server hears nothing of the others, nor they of it. */
export const partition: Fault<Farm> = {
  name: 'partition',
  share: 0.3,
  everyMs: 20_000,
  strike(farm, random) {
    const { name } = random.pick(farm.servers)
    hang(
      farm,
      random,
      othersOf(name).map((other) => [name, other]),
    )
  },
}

/** One worker has no connection to another server, and can make none for a while; the others have. */
export const workerCut: Fault<Farm> = {
  name: 'worker-cut',
  share: 0.4,
  everyMs: 8_000,
  strike({ events, history, cables, servers }, random) {
    const { name, world } = random.pick(servers)
    const worker = random.below(Math.max(1, world.server.workers.length))
    const other = random.pick(othersOf(name))
    history.fault(`cable cut ${name} ${other} of worker ${worker}`, events.nowMs)
    cables.cutWorker(name, worker, other)
    events.after(random.pick([1_000, 5_000, 15_000]), () => cables.mendWorker(name, worker, other))
  },
}

export const slowCables: Fault<Farm> = {
  name: 'slow-cables',
  share: 0.3,
  start(farm, random) {
    farm.cables.maxDelayMs = random.pick([50, 300])
  },
}

function hang(farm: Farm, random: Prng, pairs: readonly (readonly [string, string])[]): void {
  const { events, history, cables } = farm
  const isWhole = random.chance(0.5)
  const what = pairs.map(([a, b]) => `${a} ${b}`).join(', ')
  history.fault(`cable hangs ${what}`, events.nowMs)
  for (const [a, b] of pairs) cables.hang(a, b)
  events.after(random.pick([500, 3_000, 12_000, 25_000]), () => {
    history.fault(`cable mended ${what}`, events.nowMs)
    for (const [a, b] of pairs) cables.mend(a, b, isWhole)
  })
}

function pair(farm: Farm, random: Prng): readonly [string, string] {
  const { name } = random.pick(farm.servers)
  return [name, random.pick(othersOf(name))]
}
