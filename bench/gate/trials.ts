/**
 * Trials of the gate itself: what it must find is planted, and what is the same on both sides must pass. Counters for
 * real, in virtual time; times by pairs that are drawn with the noise of shared machines, or measured.
 */
import { Prng } from '../../sim/world/prng.ts'
import { root } from '../harness/server.ts'
import { compareCounters } from './baseline.ts'
import { countPresence } from './count-all.ts'
import type { Plant } from './counting-core.ts'
import { deviationOfSpread, drawnPairs } from './drawn-pairs.ts'
import { plantExtraNotify } from './extra-notify.ts'
import { judgePairs } from './judge-pairs.ts'
import { PairedServers } from './measure-pairs.ts'
import type { GateMetric } from './metrics.ts'

/** What a planted slowdown adds. */
export const plantedShare = 0.05
/** Part of the trials with it that must fail. */
const foundMin = 0.9
/**
 * Deviations of pairs in all, as parts: from what a shared machine of two cores showed (2.7 %) up to where nine of ten
 * are found with something to spare. At 7 % it is seven of ten, and a fourth that the gate calls too noisy.
 */
export const drawnDeviations = [0.027, 0.04, 0.05] as const

const seed = 1

/** In words what differs from a clean run; null: nothing. */
interface CountersTrial {
  readonly planted: string | null
  readonly clean: string | null
}

/** With a NOTIFY more for each change, and without. */
export function countersTrial(): Promise<CountersTrial> {
  return comparedCounters({ core: plantExtraNotify })
}

/** With this planted in the server, and without. */
export async function comparedCounters(plant: Plant): Promise<CountersTrial> {
  const base = { schema: '', tolerance: {}, changes: [], counters: await countPresence(seed) }
  const said = (counters: Awaited<ReturnType<typeof countPresence>>) => {
    const found = compareCounters(base, counters)
    const named = found.toSorted((a, b) => Number(isOfNotify(b.name)) - Number(isOfNotify(a.name)))
    return found.length === 0 ? null : named.map((each) => `${each.name}: ${each.base} → ${each.now}`).join('; ')
  }
  return {
    planted: said(await countPresence(seed, plant)),
    clean: said(await countPresence(seed)),
  }
}

const isOfNotify = (name: string): boolean => name.endsWith(' sent NOTIFY')

/** How a number of trials of one kind ended. */
export interface TrialCount {
  /** What was compared, and how its pairs came about. */
  readonly name: string
  readonly isPlanted: boolean
  readonly trials: number
  readonly failed: number
  /** Of these the gate could not tell. */
  readonly unclear: number
}

/** Without a change nothing may fail; a planted slowdown must be found in nine of ten. */
export function isKept({ isPlanted, trials, failed }: TrialCount): boolean {
  return isPlanted ? failed >= foundMin * trials : failed === 0
}

export async function drawnTrial(deviation: number, isPlanted: boolean, trials: number): Promise<TrialCount> {
  const change = isPlanted ? plantedShare : 0
  const prng = new Prng(20031117, `trials ${deviation} ${change}`)
  const spread = deviation / deviationOfSpread
  const name = `drawn, pairs differ by ${(deviation * 100).toFixed(1)} %`
  return counted({ name, isPlanted, trials }, () => drawnPairs(prng, { change, spread }))
}

/** This checkout on both sides; on the one, it wastes a twentieth of what it spends. */
export async function measuredTrial(
  metric: GateMetric,
  isPlanted: boolean,
  trials: number,
  say: (line: string) => void,
): Promise<TrialCount> {
  const percent = plantedShare * 100
  const dearer = ['--import', new URL(`dearer.ts?percent=${percent}`, import.meta.url).href]
  const base = { name: 'base', checkout: root } as const
  const servers = new PairedServers(metric, {
    base,
    head: { name: 'head', checkout: root, nodeFlags: isPlanted ? dearer : [] },
  })
  try {
    const of = { name: `measured, ${metric.name}`, isPlanted, trials }
    return await counted(of, () => () => servers.pair(), say)
  } finally {
    await servers.remove()
  }
}

async function counted(
  of: Pick<TrialCount, 'name' | 'isPlanted' | 'trials'>,
  pairs: () => () => Promise<number>,
  say: (line: string) => void = () => {},
): Promise<TrialCount> {
  let [failed, unclear] = [0, 0]
  for (let trial = 1; trial <= of.trials; trial++) {
    const { verdict, summary } = await judgePairs(pairs(), () => false)
    if (verdict === 'fail') failed++
    if (verdict === 'inconclusive') unclear++
    const change = `${((Math.exp(summary.mean) - 1) * 100).toFixed(1)} %`
    say(`${of.name}${of.isPlanted ? ', dearer' : ''}: trial ${trial}, ${verdict}, ${change} by ${summary.pairs} pairs`)
  }
  return { ...of, failed, unclear }
}
