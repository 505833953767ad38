/**
 * The benches of the whole server: CPU microseconds per operation, memory, and durations, against their bounds.
 *
 *     npm run bench                        every bench, full size (minutes)
 *     npm run bench -- relay-tcp           one of them
 *     npm run bench -- --smoke             all, a hundredth of the size: shows that they run, its figures mean nothing
 *     npm run bench -- --json FILE         the figures with the machine's fingerprint, for a report
 *     npm run bench -- --gate              counters against the baseline and times against a base commit: `gate/`
 *     npm run bench -- --update-baseline --reason "…"
 *
 * Exit code 1: a bound was missed (not with --smoke). The server runs on the first core, the load on the second; as
 * root with a higher priority, so that others on the machine disturb less. Measure on a quiet machine all the same.
 */
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { benches } from './benches.ts'
import { gateItems, runGate, updateBaseline } from './gate/run-gate.ts'
import { type Figure, isMet, type Size, table } from './harness/figures.ts'
import { fingerprint } from './harness/machine.ts'
import { hasCompiler } from './harness/native.ts'

const { values, positionals } = parseArgs({
  options: {
    smoke: { type: 'boolean', default: false },
    json: { type: 'string' },
    gate: { type: 'boolean', default: false },
    base: { type: 'string' },
    only: { type: 'string' },
    minutes: { type: 'string', default: '8' },
    markdown: { type: 'string' },
    'update-baseline': { type: 'boolean', default: false },
    reason: { type: 'string' },
  },
  allowPositionals: true,
})
const say = (line: string): void => console.error(`  … ${line}`)
if (values['update-baseline']) await update()
if (values.gate) process.exit(await gate())
const size: Size = values.smoke ? 'smoke' : 'full'
const wanted = positionals.length === 0 ? benches : benches.filter(({ name }) => isAsked(name))
if (wanted.length === 0) fail(`no such bench; there are ${benches.map(({ name }) => name).join(', ')}`)
if (!hasCompiler()) fail('the load is made by a C program, and there is no C compiler here (Debian: gcc)')

const machine = fingerprint()
console.log(
  Object.entries(machine)
    .map(([name, value]) => `${name} ${value}`)
    .join(', '),
)
const results: { bench: string; figures: readonly Figure[] }[] = []
for (const { name, question, run } of wanted) {
  console.log(`\n${name}: ${question}`)
  const figures = await run(size, say)
  console.log(figures.length === 0 ? '  skipped' : table(figures))
  results.push({ bench: name, figures })
}
if (values.json !== undefined) {
  const command = `npm run bench -- ${process.argv.slice(2).join(' ')}`
  writeFileSync(values.json, `${JSON.stringify({ label: 'measured', machine, command, size, results }, null, 2)}\n`)
}
const missed = results.flatMap(({ figures }) => figures.filter((figure) => !isMet(figure)))
if (size === 'full' && missed.length > 0) process.exitCode = 1

async function gate(): Promise<number> {
  const only = values.only?.split(',')
  const unknown = only?.find((name) => !gateItems.includes(name))
  if (unknown !== undefined) fail(`the gate has no ${unknown}; it has ${gateItems.join(', ')}`)
  const minutes = Number(values.minutes)
  if (!(minutes > 0)) fail(`--minutes ${values.minutes}: a number above 0 is wanted`)
  if (!hasCompiler()) fail('the load is made by a C program, and there is no C compiler here (Debian: gcc)')
  return runGate({
    minutes,
    say,
    ...(only && { only }),
    ...(values.base !== undefined && { base: values.base }),
    ...(values.markdown !== undefined && { markdown: values.markdown }),
  })
}

async function update(): Promise<never> {
  if (!values.reason) fail('say why the counters change: --reason "…"')
  await updateBaseline(values.reason, fingerprint().commit, say)
  process.exit(0)
}

/** `relay` means all that begin so. */
function isAsked(name: string): boolean {
  return positionals.some((asked) => name === asked || name.startsWith(`${asked}-`))
}

function fail(message: string): never {
  console.error(message)
  process.exit(64)
}
