/**
 * The gate's own promise, by pairs that are drawn: silent without a change, and 5 % more found on each metric.
 */
import { Prng } from '../../sim/world/prng.ts'
import { failedRuns } from '../gate/drawn-pairs.ts'
import { gateMetrics } from '../gate/metrics.ts'
import type { PlantedFault } from './planted-fault.ts'

/** Of pairs, as a shared machine has it. */
const spread = 0.04
const alarmsMax = 0.01
const foundMin = 0.9

async function failedShare(runs: number, change: number, name: string): Promise<number> {
  return (await failedRuns(runs, new Prng(7, `${name} ${change}`), { change, spread })) / runs
}

const percent = (share: number) => `${Math.round(share * 1_000) / 10} %`
const check = 'pairs of times (bench/gate/judge-pairs.ts)'

export const gateFaults: readonly PlantedFault[] = [
  {
    number: 27,
    plantedIn: 'gate',
    fault: 'base and head are the same, 200 times, drawn',
    seenAs: 'at most 1 % alarms',
    check,
    isQuick: false,
    async run() {
      const share = await failedShare(200, 0, 'same')
      const isSilent = share <= alarmsMax
      return { seen: isSilent ? `${percent(share)} alarms in 200 runs` : null, clean: null }
    },
  },
  {
    number: 28,
    plantedIn: 'gate',
    fault: '5 % more on each metric in turn, drawn',
    seenAs: 'found in at least 90 % of runs',
    check,
    isQuick: false,
    async run() {
      const shares: number[] = []
      for (const { name } of gateMetrics) shares.push(await failedShare(30, 0.05, name))
      const least = Math.min(...shares)
      return { seen: least >= foundMin ? `at least ${percent(least)} of 30 runs a metric` : null, clean: null }
    },
  },
]
