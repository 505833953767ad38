/**
 * The gate: counters against the baseline, exactly; then each of the four times against the base commit, in pairs.
 *
 *     npm run bench -- --gate [--base COMMIT] [--only NAME,…] [--minutes 8] [--markdown FILE]
 *
 * Exit code 0: it passes; 1: a counter differs or a time is worse; 3: it cannot be told; 64: wrong use.
 */
import { writeFileSync } from 'node:fs'
import { fingerprint } from '../harness/machine.ts'
import { CannotBench, needCompiler } from '../run-benches.ts'
import { compareCounters, readBaseline, writeBaseline } from './baseline.ts'
import { countAll } from './count-all.ts'
import { type GateResult, gateMarkdown, gateText, outcomeOf } from './gate-text.ts'
import { type Judgement, judgePairs } from './judge-pairs.ts'
import { PairedServers } from './measure-pairs.ts'
import { gateMetrics } from './metrics.ts'
import { defaultBase, laySides, type Sides } from './sides.ts'

export interface GateOptions {
  /** Where nothing is said: where this branch left main. */
  readonly base?: string
  /** Names of metrics, or `counters`; all where there is none. */
  readonly only?: readonly string[]
  readonly minutes: number
  /** A file for the table in Markdown. */
  readonly markdown?: string
  readonly print: (line: string) => void
  readonly say: (line: string) => void
}

export const gateItems: readonly string[] = ['counters', ...gateMetrics.map(({ name }) => name)]

const exitCodes = { pass: 0, fail: 1, inconclusive: 3 } as const

/** Prints what it found; returns the exit code. Wrong use throws `CannotBench`. */
export async function runGate(options: GateOptions): Promise<number> {
  const { only, say, print } = options
  checkOptions(options)
  const isAsked = (name: string): boolean => only === undefined || only.includes(name)
  const startedMs = performance.now()
  const counters = isAsked('counters') ? await checkCounters(say) : { checked: 0, failures: [] }
  const metrics = gateMetrics.filter(({ name }) => isAsked(name))
  const base = options.base ?? defaultBase()
  const untilMs = startedMs + options.minutes * 60_000
  const times = metrics.length === 0 ? { baseCommit: base, found: [] } : await compareTimes(base, metrics, untilMs, say)
  const result: GateResult = {
    baseCommit: times.baseCommit,
    countersChecked: counters.checked,
    counterFailures: counters.failures,
    times: times.found,
    seconds: (performance.now() - startedMs) / 1_000,
  }
  print(gateText(result))
  if (options.markdown !== undefined) writeFileSync(options.markdown, `${gateMarkdown(result)}\n`)
  return exitCodes[outcomeOf(result)]
}

/** Writes the baseline anew; the reason is kept in it. */
export async function updateBaseline(reason: string, say: (line: string) => void): Promise<void> {
  if (reason.trim() === '') throw new CannotBench('say why the counters change: --reason "…"')
  const counters = await countAll(say)
  writeBaseline(counters, { at: new Date().toISOString().slice(0, 10), commit: fingerprint().commit, reason })
  say(`${Object.keys(counters).length} counters written to bench/baseline.json; commit it`)
}

function checkOptions({ only, minutes }: GateOptions): void {
  const unknown = only?.find((name) => !gateItems.includes(name))
  if (unknown !== undefined) throw new CannotBench(`the gate has no ${unknown}; it has ${gateItems.join(', ')}`)
  if (!(minutes > 0)) throw new CannotBench('--minutes: a number above 0 is wanted')
  if (only === undefined || only.some((name) => name !== 'counters')) needCompiler()
}

async function checkCounters(say: (line: string) => void) {
  const baseline = readBaseline()
  const counters = await countAll(say)
  const checked = Object.keys(counters).length
  return { checked, failures: compareCounters(baseline, counters) }
}

/** Each metric has its share of the time that is left. */
async function compareTimes(
  base: string,
  metrics: typeof gateMetrics,
  untilMs: number,
  say: (line: string) => void,
): Promise<{ baseCommit: string; found: GateResult['times'] }> {
  const sides = laySides(base)
  if (sides.arePackagesDifferent) say('the packages of both sides differ: the base is measured with those of head')
  const found: { name: string; judgement: Judgement }[] = []
  try {
    for (const [index, metric] of metrics.entries()) {
      const shareMs = (untilMs - performance.now()) / (metrics.length - index)
      found.push({ name: metric.name, judgement: await compareOne(metric, sides, performance.now() + shareMs, say) })
    }
  } finally {
    sides.remove()
  }
  return { baseCommit: sides.baseCommit, found }
}

async function compareOne(
  metric: (typeof gateMetrics)[number],
  sides: Sides,
  untilMs: number,
  say: (line: string) => void,
): Promise<Judgement> {
  const servers = new PairedServers(metric, sides)
  try {
    let pairs = 0
    const measure = async (): Promise<number> => {
      const logRatio = await servers.pair()
      say(`${metric.name}: pair ${++pairs}, ${((Math.exp(logRatio) - 1) * 100).toFixed(1)} %`)
      return logRatio
    }
    return await judgePairs(measure, () => performance.now() > untilMs)
  } finally {
    await servers.remove()
  }
}
