/**
 * The gate's own promise, by pairs that are drawn: silent without a change, and 5 % more found on each metric.
 */
import { Prng } from '../../sim/world/prng.ts'
import { judgePairs } from '../gate/judge-pairs.ts'
import { gateMetrics } from '../gate/metrics.ts'
import type { PlantedFault } from './planted-fault.ts'

/** Of a pair, as a shared machine has it; one in twenty has three times the spread. */
const spread = 0.04
const alarmsMax = 0.01
const foundMin = 0.9

async function failedShare(runs: number, change: number, name: string): Promise<number> {
  const prng = new Prng(7, `${name} ${change}`)
  const measure = async () => {
    const normal = Math.sqrt(-2 * Math.log(1 - prng.float())) * Math.cos(2 * Math.PI * prng.float())
    return Math.log(1 + change) + normal * spread * (prng.chance(0.05) ? 3 : 1)
  }
  let failed = 0
  for (let run = 0; run < runs; run++) if ((await judgePairs(measure, () => false)).verdict === 'fail') failed++
  return failed / runs
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
