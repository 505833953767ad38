/**
 * `meridian sim validate`: what the virtual driver predicts against live runs of the same workloads on this machine.
 */
import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { readCostModel } from '../../../sim/cost/cost-model.ts'
import { fingerprint } from '../../../sim/profiles/calibrate/fingerprint.ts'
import type { ComparedReading } from '../../../sim/validate/compare-drivers.ts'
import { mixedLoads, type ValidatedLoad, validate } from '../../../sim/validate/validate.ts'
import type { CommandDescription, Invocation, Outcome } from '../command.ts'
import { exitCodes, failed, misused } from '../command.ts'
import { fileFault } from '../file-fault.ts'
import { table } from '../table.ts'
import { productVersion } from '../version.ts'
import { wholeNumber } from '../whole-number.ts'
import { whileRunning } from './while-running.ts'

export const description: CommandDescription = {
  path: ['sim', 'validate'],
  purpose: 'hold what the virtual driver predicts against live runs on this machine',
  details:
    'Five mixed workloads, each live against a server of its own and then in virtual time with the same seed: some ' +
    'twelve minutes. Readings of a machine on which anything else is at work are worth nothing.',
  withoutConfig: true,
  options: [
    { flags: '--users <count>', text: 'users of each workload', default: '300' },
    { flags: '--seed <number>', text: 'of both runs', default: '1' },
    { flags: '--loads <names...>', text: 'some of the workloads', choices: mixedLoads, default: 'all' },
    { flags: '--measure <seconds>', text: 'the measured window, model time', default: 'the workload’s' },
    { flags: '--out <file>', text: 'write the report there, as JSON' },
  ],
  examples: [
    { line: 'meridian sim validate --out validation.json', text: 'after `meridian sim fit`, on a quiet machine' },
    { line: 'meridian sim validate --loads steady-hour --users 1000', text: 'one of them, larger' },
  ],
  exitCodes: {
    1: 'a reading is out of its bounds, or a run could not begin',
    3: 'a run proves nothing: it ended early, was not clean, or the generator was the limit',
  },
}

export async function run({ options, io }: Invocation): Promise<Outcome> {
  const users = wholeNumber(options.users ?? '300', 10, 100_000)
  if (users === null) return misused('--users: expected a whole number from 10')
  const seed = wholeNumber(options.seed ?? '1', 0, 2 ** 31 - 1)
  if (seed === null) return misused('--seed: expected a whole number from 0')
  const seconds = options.measure === undefined ? null : wholeNumber(options.measure, 1, 86_400)
  if (options.measure !== undefined && seconds === null) return misused('--measure: expected whole seconds from 1')
  const loads = Array.isArray(options.loads) ? options.loads.map(String) : mixedLoads
  const stray = loads.find((name) => !mixedLoads.includes(name))
  if (stray !== undefined) return misused(`--loads ${stray}: there are ${mixedLoads.join(', ')}`)
  const found: ValidatedLoad[] = []
  try {
    await whileRunning(io, async ({ say, signal }) => {
      const measureMs = seconds === null ? null : seconds * 1_000
      const asked = { users, seed, loads, measureMs, version: productVersion(), say, signal }
      for await (const load of validate(asked)) found.push(load)
    })
  } catch (fault) {
    return failed(fault instanceof Error ? fault.message : String(fault))
  }
  return outcomeOf(found, loads.length, options.out === undefined ? null : resolve(io.cwd, String(options.out)))
}

function outcomeOf(found: readonly ValidatedLoad[], wanted: number, path: string | null): Outcome {
  const { commit, runs, rSquared } = readCostModel()
  const loads = found.map(({ name, live, readings }) => ({ name, doubts: doubtsOf(live), readings }))
  const outside = loads.reduce((sum, { readings }) => sum + readings.filter(({ isOk }) => !isOk).length, 0)
  const isProof = found.length === wanted && loads.every(({ doubts }) => doubts.length === 0)
  const verdict = !isProof ? 'proves nothing' : outside === 0 ? 'validated' : 'unvalidated'
  const model = { commit, runs, rSquared }
  const value = { schema: 'meridian-validation/1', verdict, outside, model, machine: fingerprint(), loads }
  const lines = loads.flatMap(({ name, doubts, readings }) => [
    `${name}${doubts.length === 0 ? '' : `: PROVES NOTHING: ${doubts.join('; ')}`}`,
    table(['reading', 'observed', 'predicted', 'ratio', 'allowed', 'ok'], readings.map(cells)),
  ])
  const text = [...lines, `${verdict}: ${outside} readings out of their bounds; cost model of ${commit}`].join('\n')
  const exitCode = !isProof ? exitCodes.inconclusive : outside === 0 ? exitCodes.ok : exitCodes.failed
  const error = path === null ? null : writeFault(path, value)
  return { exitCode: error === null ? exitCode : exitCodes.failed, value, text, warnings: [], error }
}

/** Why a live run is no measure. */
function doubtsOf({ endedEarly, correctness, validity }: ValidatedLoad['live']): readonly string[] {
  const missed = validity
    .filter(({ ok }) => !ok)
    .map(({ check, reading, limit }) => `${check} ${reading}, not ${limit}`)
  return [...(endedEarly === undefined ? [] : [endedEarly]), ...correctness.examples.slice(0, 1), ...missed]
}

function cells({ what, unit, observed, predicted, ratio, from, to, isOk }: ComparedReading): readonly string[] {
  const shown = (value: number): string => `${value >= 100 ? Math.round(value) : value.toFixed(3)} ${unit}`
  const quotient = ratio === null ? 'too few' : ratio.toFixed(2)
  return [what, shown(observed), shown(predicted), quotient, `${from}–${to}`, isOk ? 'yes' : 'NO']
}

function writeFault(path: string, value: unknown): string | null {
  try {
    writeFileSync(path, `${JSON.stringify(value, null, 2)}\n`)
    return null
  } catch (fault) {
    return `cannot write ${path}: ${fileFault(fault)}`
  }
}
