/**
 * From records of runs to a report: `judge`. Pure: the same input, the same report.
 */
import { createHash } from 'node:crypto'
import type { RunRecord } from '../measure/run-record.ts'
import { byBound } from '../profiles/range-of-three.ts'
import { bottleneckOf } from './bottleneck.ts'
import { canonicalJson, sorted } from './canonical-json.ts'
import { goodputCurves } from './goodput-curves.ts'
import { allRuns, type JudgeInput, mainRun, windowSeconds } from './judge-input.ts'
import { levelResults } from './level-results.ts'
import { budgetResults, perUserCosts } from './per-user.ts'
import { type Report, reportVersion } from './report.ts'
import { baseUse, type Conversion, conversionOf, readingOfCost, resourceUse } from './resource-use.ts'
import { validityReadings } from './validity.ts'
import { describeLoad, verdictOf, weakest } from './verdict.ts'
import { operationCosts } from './work.ts'

export function judge(input: JudgeInput): Report {
  const run = mainRun(input.runs)
  const { profile, calibration } = input
  const conversion = conversionOf(run, profile, calibration)
  const levels = levelResults(input.runs, profile.name)
  const resources = resourceUse(run, profile, conversion)
  const budgets = budgetResults(run, conversion.mix)
  const validity = validityReadings(input)
  const correctness = correctnessOf(allRuns(input.runs))
  const verdict = verdictOf({
    run,
    profile: profile.name,
    levels,
    resources,
    budgets,
    validity,
    correct: correctness.ok,
    throttled: run.label !== 'measured' || profile.cpu.score === 'calibrated',
    limit: input.limit ?? null,
    base: baseUse(run, profile, conversion),
  })
  const report: Report = {
    schema: reportVersion,
    generatedAt: new Date(input.nowMs).toISOString(),
    label: weakest([verdict.label, ...allRuns(input.runs).map(({ label }) => label)]),
    verdict,
    run: describeRun(run, input),
    machine: { ...input.machine, calibration: shortCalibration(input) },
    profile,
    conversion: {
      origin: conversion.origin,
      mix: conversion.mix,
      cost: { ...conversion.cost },
      reading: readingOfCost(run),
    },
    levels: [...levels],
    resources: [...resources],
    budgets: [...budgets],
    operations: operationsOf(run, conversion),
    perUser: perUserCosts(run),
    series: run.series.map((series) => ({ ...series, label: run.label, values: [...series.values] })),
    goodput: goodputCurves(run),
    histograms: histogramsOf(run),
    correctness,
    bottleneck: bottleneckOf(run, profile, resources, levels),
    sensitivity: sensitivityRows(input),
    validity: validity.map((reading) => ({ ...reading })),
    warnings: warningsOf(input, run),
  }
  return sorted(report) as Report
}

function sensitivityRows({ sensitivity }: JudgeInput): Report['sensitivity'] {
  if (!sensitivity) return null
  const { rows, elasticities } = sensitivity
  return {
    label: 'projected',
    rows: rows.map((each) => ({ ...each })),
    elasticities: elasticities.map((each) => ({ ...each })),
  }
}

function describeRun(run: RunRecord, { commit, profile }: JudgeInput): Report['run'] {
  const { preset, quick, driver, users, seed, modelVersion, parameters, transport, windows, speed = 1 } = run
  const hash = createHash('sha256').update(canonicalJson(run)).digest('hex')
  const set = Object.entries(parameters)
    .filter(([name]) => ['contacts', 'lists', 'devices', 'concurrency'].includes(name))
    .map(([name, value]) => `--set ${name}=${value}`)
  const words = ['meridian report', `--profile ${profile.name}`, `--workload ${preset}`, `--users ${users}`]
  return {
    id: hash.slice(0, 16),
    preset,
    quick,
    driver,
    users,
    seed,
    modelVersion,
    parameters: { ...parameters },
    transport,
    windows: { ...windows },
    speed,
    server: run.server?.name ?? 'not looked into',
    version: run.server?.version ?? 'unknown',
    commit,
    endedEarly: run.endedEarly ?? null,
    traceHash: run.traceHash ?? null,
    repeat: [...words, `--seed ${seed}`, `--transport ${transport}`, ...set].join(' '),
  }
}

function shortCalibration({ calibration }: JudgeInput): Report['machine']['calibration'] {
  if (calibration === null) return null
  const { at, commit, steady, scores } = calibration
  return { at, commit, steady, scores: { ...scores } }
}

function operationsOf(run: RunRecord, { mix }: Conversion): Report['operations'] {
  const seconds = windowSeconds(run)
  const costs = operationCosts(run)
  return run.operations.map(({ id, count, bytesIn, bytesOut }) => {
    const cost = costs.get(id)
    return {
      id,
      count,
      perSecond: count / seconds,
      plannedPerSecond: run.rates.find((rate) => rate.id === id)?.plannedPerSecond ?? null,
      perUserHour: ((count / seconds) * 3_600) / run.users,
      bytesIn,
      bytesOut,
      cpuUserUs: cost?.userUs ?? null,
      cpuSystemUs: cost?.systemUs ?? null,
      cpuShare: cost?.share ?? null,
      profileMs: cost ? byBound((bound) => ((cost.userUs + cost.systemUs) * mix[bound]) / 1_000) : null,
    }
  })
}

function histogramsOf({ levels, generator, server }: RunRecord): Report['histograms'] {
  const all = levels.map(({ id, latency }) => [id, latency] as const)
  const lag = generator ? ([['lag', generator.lagUs]] as const) : []
  const flush = server?.flushUs ? ([['flush', server.flushUs]] as const) : []
  const delay = server?.eventLoopDelayUs ? ([['event-loop', server.eventLoopDelayUs]] as const) : []
  const entries = [...all, ...lag, ...flush, ...delay]
  return Object.fromEntries(entries.map(([id, sparse]) => [id, { ...sparse, buckets: [...sparse.buckets] }]))
}

/** Of all runs together: a violation in one of them is one. */
function correctnessOf(runs: readonly RunRecord[]): Report['correctness'] {
  const sum = (of: (found: RunRecord['correctness']) => number) =>
    runs.reduce((total, { correctness }) => total + of(correctness), 0)
  const counts = {
    lost: sum(({ lost }) => lost),
    duplicates: sum(({ duplicates }) => duplicates),
    stale: sum(({ stale }) => stale),
    misordered: sum(({ misordered }) => misordered),
    unauthorised: sum(({ unauthorised }) => unauthorised),
    notConverged: sum(({ notConverged }) => notConverged),
    neverSent: sum(({ neverSent }) => neverSent),
  }
  return {
    ...counts,
    excepted: sum(({ excepted }) => excepted),
    checked: sum(({ checked }) => checked),
    examples: runs.flatMap(({ correctness }) => correctness.examples).slice(0, 20),
    ok: Object.values(counts).every((count) => count === 0),
  }
}

function warningsOf(input: JudgeInput, run: RunRecord): string[] {
  const { profile, runs } = input
  const isElsewhere = profile.cpu.score !== 'calibrated' && run.label === 'measured'
  return [
    ...(run.server ? notOfRole(profile) : []),
    ...(input.warnings ?? []),
    ...(isElsewhere ? [`latencies are those of this machine, not of ${profile.name}: it was not throttled`] : []),
    ...('mid' in runs && !runs.high ? ['no run at the high conversion: the middle’s latencies stand for it'] : []),
    ...(run.server ? [] : ['the server was not looked into: nothing is known of its processors, memory and disk']),
    ...(run.endedEarly ? [`partial: ${run.endedEarly} (${describeLoad(run)})`] : []),
    ...(input.machine.virtual ? ['this machine is virtual: neighbours may have been at work on the same cores'] : []),
  ]
}

/** The server that a run starts and looks into is its users' home: nobody may read a front end's out of it. */
function notOfRole({ name, role }: JudgeInput['profile']): string[] {
  if (role !== 'front-end') return []
  return [`${name} is a front end, and a home was run: this is a home’s capacity on that machine, not a front end’s`]
}
