/**
 * The benches of the whole server: CPU microseconds per operation, memory, and durations, against their bounds.
 *
 *     npm run bench                        every bench, full size (minutes)
 *     npm run bench -- relay-tcp           one of them
 *     npm run bench -- --smoke             all, a hundredth of the size: shows that they run, its figures mean nothing
 *     npm run bench -- --json FILE         the figures with the machine's fingerprint, for a report
 *     npm run bench -- --gate              counters against the baseline and times against a base commit: `gate/`
 *     npm run bench -- --gate-trials       whether the gate finds what it should, and nothing else: `gate/trials.ts`
 *     npm run bench -- --update-baseline --reason "…"
 *
 * Exit code 1: a bound was missed (not with --smoke). The server runs on the first core, the load on the second; as
 * root with a higher priority, so that others on the machine disturb less. Measure on a quiet machine all the same.
 */
import { parseArgs } from 'node:util'
import { runGate, updateBaseline } from './gate/run-gate.ts'
import { runTrials } from './gate/run-trials.ts'
import { CannotBench, runBenches } from './run-benches.ts'

const { values, positionals: names } = parseArgs({
  options: {
    smoke: { type: 'boolean', default: false },
    json: { type: 'string' },
    gate: { type: 'boolean', default: false },
    'gate-trials': { type: 'boolean', default: false },
    measured: { type: 'boolean', default: false },
    trials: { type: 'string', default: '20' },
    base: { type: 'string' },
    only: { type: 'string' },
    minutes: { type: 'string', default: '8' },
    markdown: { type: 'string' },
    'update-baseline': { type: 'boolean', default: false },
    reason: { type: 'string', default: '' },
  },
  allowPositionals: true,
})
const print = (line: string): void => console.log(line)
const say = (line: string): void => console.error(`  … ${line}`)

try {
  process.exitCode = await run()
} catch (error) {
  if (!(error instanceof CannotBench)) throw error
  console.error(error.message)
  process.exitCode = 64
}

async function run(): Promise<number> {
  if (values['update-baseline']) {
    await updateBaseline(values.reason, say)
    return 0
  }
  if (values.gate) {
    const { base, only, markdown } = values
    const minutes = Number(values.minutes)
    return runGate({
      minutes,
      print,
      say,
      ...(only !== undefined && { only: only.split(',') }),
      ...(base !== undefined && { base }),
      ...(markdown !== undefined && { markdown }),
    })
  }
  if (values['gate-trials']) {
    const { measured: isMeasured, trials, only } = values
    return runTrials({ isMeasured, trials: Number(trials), only: only?.split(',') ?? null, print, say })
  }
  const command = `npm run bench -- ${process.argv.slice(2).join(' ')}`
  const json = values.json === undefined ? {} : { json: { file: values.json, command } }
  const isMet = await runBenches({ names, size: values.smoke ? 'smoke' : 'full', print, say, ...json })
  return isMet || values.smoke ? 0 : 1
}
