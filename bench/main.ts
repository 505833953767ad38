/**
 * The benches of the whole server: CPU microseconds per operation, memory, and durations, against their bounds.
 *
 *     npm run bench                        every bench, full size (minutes)
 *     npm run bench -- relay-tcp           one of them
 *     npm run bench -- --smoke             all, a hundredth of the size: shows that they run, its figures mean nothing
 *     npm run bench -- --json FILE         the figures with the machine's fingerprint, for a report
 *
 * Exit code 1: a bound was missed (not with --smoke). The server runs on the first core, the load on the second; as
 * root with a higher priority, so that others on the machine disturb less. Measure on a quiet machine all the same.
 */
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { benches } from './benches.ts'
import { type Figure, isMet, type Size, table } from './harness/figures.ts'
import { fingerprint } from './harness/machine.ts'
import { hasCompiler } from './harness/native.ts'

const { values, positionals } = parseArgs({
  options: { smoke: { type: 'boolean', default: false }, json: { type: 'string' } },
  allowPositionals: true,
})
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
  const figures = await run(size, (line) => console.error(`  … ${line}`))
  console.log(figures.length === 0 ? '  skipped' : table(figures))
  results.push({ bench: name, figures })
}
if (values.json !== undefined) {
  const command = `npm run bench -- ${process.argv.slice(2).join(' ')}`
  writeFileSync(values.json, `${JSON.stringify({ label: 'measured', machine, command, size, results }, null, 2)}\n`)
}
const missed = results.flatMap(({ figures }) => figures.filter((figure) => !isMet(figure)))
if (size === 'full' && missed.length > 0) process.exitCode = 1

/** `relay` means all that begin so. */
function isAsked(name: string): boolean {
  return positionals.some((asked) => name === asked || name.startsWith(`${asked}-`))
}

function fail(message: string): never {
  console.error(message)
  process.exit(64)
}
