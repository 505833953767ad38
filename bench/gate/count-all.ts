/**
 * The exact counters: what the server does in worlds where nothing goes wrong, in virtual time, the same on every
 * machine: messages and bytes by method and direction, bodies made, commits and records. Each first seed runs twice,
 * and must come to the same hash of all that happened.
 */
import { History } from '../../sim/history.ts'
import { presence, type Scenario, scenarios } from '../../sim/scenarios.ts'
import type { Counters } from './baseline.ts'
import { type BodyCount, counting, type Plant } from './counting-core.ts'

const seeds = [1, 2, 3]
const fromDevice = '─►'

/** Counts what the trace of a world tells. */
class CountingHistory extends History {
  readonly counts = new Map<string, number>()

  constructor() {
    super(null)
  }

  override trace(atMs: number, text: string, bytes: Uint8Array | null = null): void {
    super.trace(atMs, text, bytes)
    if (bytes !== null) {
      const direction = text.includes(fromDevice) ? 'received' : 'sent'
      const kind = kindOf(bytes)
      this.#count(`${direction} ${kind}`, 1)
      this.#count(`${direction} bytes of ${kind}`, bytes.length)
      return
    }
    const records = /^worker \d+ commits \d+ (.*)$/.exec(text)?.[1]
    if (records === undefined) return
    this.#count('commits', 1)
    this.#count('records written', records.split(', ').length)
  }

  #count(name: string, by: number): void {
    this.counts.set(name, (this.counts.get(name) ?? 0) + by)
  }
}

export async function countAll(say: (line: string) => void): Promise<Counters> {
  const counters: Record<string, number | string> = {}
  for (const scenario of scenarios) {
    for (const seed of seeds) {
      const { traceHash, ...counted } = await countOne(scenario, seed)
      Object.assign(counters, named(scenario, seed, counted))
      if (seed !== seeds[0]) continue
      const again = await countOne(scenario, seed)
      counters[`${scenario.name} ${seed} runs with another hash`] = again.traceHash === traceHash ? 0 : 1
    }
    say(`${scenario.name}: counted`)
  }
  return counters
}

/** Those of one seed of presence alone, by a server in which something may have been planted. */
export async function countPresence(seed: number, plant?: Plant): Promise<Counters> {
  return named(presence, seed, await countOne(presence, seed, plant))
}

interface Counted {
  readonly counts: ReadonlyMap<string, number>
  readonly virtualMs: number
}

function named({ name: scenario }: Scenario, seed: number, { counts, virtualMs }: Counted): Counters {
  const counters: Record<string, number> = {}
  for (const [name, count] of counts) counters[`${scenario} ${seed} ${name}`] = count
  counters[`${scenario} ${seed} virtual end, ms`] = virtualMs
  return counters
}

async function countOne({ name, runSeed }: Scenario, seed: number, plant: Plant = {}) {
  const history = new CountingHistory()
  const count: BodyCount = { bodies: 0 }
  const mutant = counting(count, plant)
  const { violations, traceHash, virtualMs } = await runSeed(seed, { history, isFaultless: true, mutant })
  if (violations.length > 0) throw new Error(`${name} seed ${seed}: ${violations[0]!.text}`)
  if (count.bodies > 0) history.counts.set('bodies of NOTIFYs made', count.bodies)
  return { counts: history.counts, traceHash, virtualMs }
}

/** `MESSAGE`, or `200 MESSAGE` for its answer; a piece of a message has no start line and counts as `piece`. */
function kindOf(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
  const [, status] = /^SIP\/2\.0 (\d{3})/.exec(text) ?? []
  const [, method] = /^CSeq: *\d+ +(\S+)/im.exec(text) ?? []
  if (status !== undefined) return `${status} ${method ?? 'piece'}`
  return /^([A-Z]+) \S+ SIP\/2\.0\r\n/.exec(text)?.[1] ?? 'piece'
}
