/**
 * A server that takes 10 µs more for each message that it relays. Two runs in virtual time, one with the fault and one
 * without, take turns in one process, a second of model time each, so that whatever else the machine does meets both.
 * What a worker's shard takes for each request is noted; pairs of the middle ones go to the judgement of the gate,
 * relays and changes of presence by themselves: the fault is in relaying alone.
 */
import { makeChangedCore } from '../../sim/mutants/changed-core.ts'
import { type Mutant, noMutant } from '../../sim/mutants/mutant.ts'
import type { WorkerCore } from '../../src/runtime/worker-core.ts'
import { judge } from '../gate/judge-pairs.ts'
import type { PlantedFault } from './planted-fault.ts'
import { virtualDrill } from './virtual-drill.ts'

const dearerUs = 10
/** Until everybody is there and code is compiled, model time. */
const warmUpSeconds = 16
const pairsCount = 24
/** Turns of both whose middle requests make a pair. */
const slicesPerPair = 2
const load = { users: 30, messagesPerSecond: 60, publishesPerSecond: 30 }

type Method = 'MESSAGE' | 'PUBLISH'
/** Of one second: what each request took, milliseconds. */
type Slice = Readonly<Record<Method, number[]>>

const emptySlice = (): Slice => ({ MESSAGE: [], PUBLISH: [] })

/** Lets two runs go on by turns. */
class Alternation {
  readonly #waiting: [(() => void) | null, (() => void) | null] = [null, null]
  readonly #isOver = [false, false]

  /** At the end of a turn of `run`; resolves when its next begins. */
  async end(run: 0 | 1): Promise<void> {
    const other = run === 0 ? 1 : 0
    if (this.#isOver[other]) return
    const turn = new Promise<void>((resolve) => {
      this.#waiting[run] = resolve
    })
    this.#begin(other)
    await turn
  }

  over(run: 0 | 1): void {
    this.#isOver[run] = true
    this.#begin(run === 0 ? 1 : 0)
  }

  #begin(run: 0 | 1): void {
    this.#waiting[run]?.()
    this.#waiting[run] = null
  }
}

/** A server whose relays take so much more, and whose requests are timed. */
function timed(moreUs: number, slices: Slice[]): Mutant {
  return {
    ...noMutant,
    name: 'slow-relay',
    caughtBy: 'pairs of times',
    makeCore(ports, settings) {
      const core = makeChangedCore(ports, settings, {
        service: 'messaging',
        request(request) {
          work(moreUs)
          return request
        },
      })
      return timeRequests(core, slices)
    },
  }
}

function timeRequests(core: WorkerCore, slices: Slice[]): WorkerCore {
  const receive = core.receive.bind(core)
  core.receive = (message) => {
    if (message.kind !== 'request') return receive(message)
    const { method } = message.request
    const beganMs = performance.now()
    receive(message)
    const tookMs = performance.now() - beganMs
    if (method === 'MESSAGE' || method === 'PUBLISH') slices.at(-1)![method].push(tookMs)
  }
  return core
}

function work(us: number): void {
  const untilMs = performance.now() + us / 1_000
  while (performance.now() < untilMs);
}

/** Both runs, by turns: what each second of each took after the warm-up. */
async function run(moreUs: readonly [number, number]): Promise<readonly [Slice[], Slice[]]> {
  const turns = new Alternation()
  const slices: readonly [Slice[], Slice[]] = [[emptySlice()], [emptySlice()]]
  const one = async (side: 0 | 1) => {
    const measureMs = (warmUpSeconds + pairsCount * slicesPerPair) * 1_000
    const onProgress = async () => {
      await turns.end(side)
      slices[side].push(emptySlice())
    }
    const mutant = timed(moreUs[side], slices[side])
    await virtualDrill({ plan: { ...load, workMs: measureMs }, measureMs, happenings: { mutant }, onProgress })
    turns.over(side)
  }
  await Promise.all([one(0), one(1)])
  return slices
}

function judged([base, head]: readonly [Slice[], Slice[]], method: Method) {
  const logRatios = Array.from({ length: pairsCount }, (_, pair) => {
    const from = warmUpSeconds + pair * slicesPerPair
    const middle = (all: readonly Slice[]) =>
      median(all.slice(from, from + slicesPerPair).flatMap((slice) => slice[method]))
    return Math.log(middle(head) / middle(base))
  })
  const { verdict, summary } = judge(logRatios)
  const percent = (log: number) => `${((Math.exp(log) - 1) * 100).toFixed(1)} %`
  const text = `${method}: ${percent(summary.mean)}, at least ${percent(summary.lower)}, in ${summary.pairs} pairs`
  return { isSlower: verdict === 'fail', text }
}

function median(values: readonly number[]): number {
  return [...values].sort((one, other) => one - other)[values.length >>> 1]!
}

export const relayCost: PlantedFault = {
  number: 8,
  plantedIn: 'server',
  fault: '10 µs more for each relay',
  seenAs: 'relays are slower by pairs of times; changes of presence are not, nor are relays without it',
  check: 'pairs of times (bench/gate/judge-pairs.ts)',
  isQuick: false,
  async run() {
    const [planted, same] = [await run([0, dearerUs]), await run([0, 0])]
    const relays = judged(planted, 'MESSAGE')
    const wrong = [judged(planted, 'PUBLISH'), judged(same, 'MESSAGE')].find(({ isSlower }) => isSlower)
    return { seen: relays.isSlower ? relays.text : null, clean: wrong?.text ?? null }
  },
}
