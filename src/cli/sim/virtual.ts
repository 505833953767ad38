/**
 * `meridian sim --virtual …`: the server's own core and the simulated users in virtual time. One seed gives a summary
 * and, where it was asked for, the record as JSON and what happened around the first violation; many seeds give a line
 * for each that fails.
 */
import { resolve } from 'node:path'
import { runSummary } from '../../../sim/live/run-text.ts'
import type { RunRecord } from '../../../sim/measure/run-record.ts'
import { violations } from '../../../sim/verify/findings.ts'
import { explain } from '../../../sim/virtual/explain-run.ts'
import { runVirtual, type VirtualChoice } from '../../../sim/virtual/run-virtual.ts'
import { runSeeds } from '../../../sim/virtual/seeds.ts'
import type { SeenViolation } from '../../../sim/virtual/virtual-run-options.ts'
import type { CommandIo, Invocation, Outcome } from '../command.ts'
import { exitCodes, misused } from '../command.ts'
import { chooseWorkload } from './choose-workload.ts'
import { runExit } from './run-exit.ts'
import { shrinkOutcome } from './shrink.ts'
import { chooseVirtual } from './virtual-options.ts'
import { writeRecord } from './write-record.ts'

export async function virtualOutcome({ options, io }: Invocation): Promise<Outcome> {
  const chosen = chooseWorkload(options, io, 'virtual')
  if (!chosen.ok) return chosen.outcome
  const virtual = chooseVirtual(options, io, chosen.workload)
  if (!virtual.ok) return virtual.outcome
  const { choice, seeds, jobs, isExplained } = virtual
  const out = options.out === undefined ? null : resolve(io.cwd, String(options.out))
  if (typeof options.shrink === 'string') {
    if (seeds === 1 && out === null && !isExplained) return shrinkOutcome(choice, options.shrink, io)
    return misused('--shrink is of one seed and stands alone: give that seed by --seed')
  }
  if (seeds === 1) return oneSeed(choice, out, isExplained, io)
  if (out !== null || isExplained) return misused('--out and --explain are of one seed: give that seed by --seed')
  return manySeeds(choice, seeds, jobs, io)
}

async function oneSeed(
  choice: VirtualChoice,
  out: string | null,
  isExplained: boolean,
  io: Pick<CommandIo, 'stderr'>,
): Promise<Outcome> {
  const startedCpu = process.cpuUsage()
  const seen: SeenViolation[] = []
  const record = await runVirtual({
    ...choice,
    ...progressOf(io),
    onViolation: (violation) => void seen.push(violation),
  })
  const { user, system } = process.cpuUsage(startedCpu)
  const error = out === null ? null : writeRecord(record, out)
  const [first] = seen
  const trace = isExplained && first ? await explain(choice, first) : []
  const text = [runSummary(record), virtualLines(record, (user + system) / 1e6), ...trace].join('\n')
  const exitCode = error === null ? runExit(record) : exitCodes.failed
  return { exitCode, value: record, text, warnings: [], error }
}

/** A line on a terminal for each second of ours. */
function progressOf({ stderr }: Pick<CommandIo, 'stderr'>): Pick<VirtualChoice, 'onProgress'> {
  if (!process.stderr.isTTY) return {}
  let shownMs = 0
  return {
    onProgress: (modelMs, endMs) => {
      if (performance.now() - shownMs < 1_000) return
      shownMs = performance.now()
      stderr(`\r\x1b[K${(modelMs / 1_000).toFixed(0)} of ${(endMs / 1_000).toFixed(0)} s${modelMs < endMs ? '' : '\n'}`)
    },
  }
}

function virtualLines({ server, traceHash }: RunRecord, cpuSeconds: number): string {
  const events = server!.counters.events!
  const perSecond = Math.round(events / cpuSeconds)
  return [
    `  commits     ${server!.commits}, ${server!.writes} records written`,
    `  events      ${events} in ${cpuSeconds.toFixed(1)} s of this machine’s time, ${perSecond} per second`,
    `  hash        ${traceHash}`,
  ].join('\n')
}

async function manySeeds(choice: VirtualChoice, count: number, jobs: number, { stderr }: CommandIo): Promise<Outcome> {
  const failures: { seed: number; correctness: RunRecord['correctness'] }[] = []
  let checked = 0
  for await (const { seed, correctness } of runSeeds(choice, count, jobs)) {
    checked += correctness.checked
    if (violations.every((kind) => correctness[kind] === 0)) continue
    failures.push({ seed, correctness })
    const found = violations.filter((kind) => correctness[kind] > 0).map((kind) => `${kind} ${correctness[kind]}`)
    stderr(`seed ${seed}: ${found.join(', ')}; ${correctness.examples[0] ?? ''}\n`)
  }
  const text = `${count} seeds from ${choice.seed}, ${checked} checked: ${failures.length} failed`
  const exitCode = failures.length > 0 ? exitCodes.failed : exitCodes.ok
  return { exitCode, value: { seeds: count, checked, failures }, text, warnings: [], error: null }
}
