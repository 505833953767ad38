/**
 * The command of the simulation: `node sim/main.ts --seeds 500 [--from N] [--mutant NAME]`, or `--seed N [--trace]`
 * for one; `--scenario presence` or `servers` for another than that of messages. Prints one line for each failing seed,
 * which repeats it; exit 0 when all pass, 1 when one fails, 64 for a wrong command. `--mutants` shows each planted
 * fault caught.
 */
import { parseArgs } from 'node:util'
import { catchMutant } from './catch-mutant.ts'
import { noMutant } from './mutants/mutant.ts'
import { repeatCommand, runSeeds } from './run-seeds.ts'
import { scenarios } from './scenarios.ts'

const mutantsOf = scenarios.map(
  ({ name, mutants }) => `mutants of ${name}: ${mutants.map((each) => each.name).join(', ')}`,
)
const usage = `usage: npm run sim -- [--scenario NAME] --seeds COUNT [--from N] [--mutant NAME]
       npm run sim -- [--scenario NAME] --seed N [--trace] [--mutant NAME]
       npm run sim -- [--scenario NAME] --mutants
${mutantsOf.join('\n')}`

function fail(message: string): never {
  console.error(`${message}\n${usage}`)
  process.exit(64)
}

const { values } = parseArgs({
  options: {
    seeds: { type: 'string' },
    seed: { type: 'string' },
    from: { type: 'string', default: '1' },
    mutant: { type: 'string', default: 'none' },
    trace: { type: 'boolean', default: false },
    scenario: { type: 'string', default: 'messages' },
    mutants: { type: 'boolean', default: false },
  },
})
const scenario = scenarios.find(({ name }) => name === values.scenario) ?? fail(`no scenario ${values.scenario}`)
const mutant =
  [noMutant, ...scenario.mutants].find(({ name }) => name === values.mutant) ?? fail(`no mutant ${values.mutant}`)
const from = Number(values.seed ?? values.from)
const count = values.seed === undefined ? Number(values.seeds ?? 100) : 1
if (!Number.isSafeInteger(from) || !Number.isSafeInteger(count) || count < 1)
  fail('a seed and a count are whole numbers')

if (values.mutants) process.exit(await catchAll())

const startedMs = performance.now()
let failed = 0
const totals = { messages: 0, faults: 0, virtualMs: 0 }
const print = values.trace ? (line: string): void => console.log(line) : undefined
for await (const result of runSeeds(from, count, { mutant, ...(print && { print }) }, scenario)) {
  totals.messages += result.messagesCount
  totals.faults += result.faultsCount
  totals.virtualMs += result.virtualMs
  if (result.violations.length === 0) continue
  failed++
  const { checker, text } = result.violations[0]!
  console.log(
    `${checker}: ${text} (${result.violations.length} in all)  repeat: ${repeatCommand(result.seed, mutant, scenario)}`,
  )
  if (values.seed !== undefined)
    for (const each of result.violations) console.log(`  ${each.atMs} ms ${each.checker}: ${each.text}`)
}
const seconds = ((performance.now() - startedMs) / 1000).toFixed(1)
const hours = (totals.virtualMs / 3_600_000).toFixed(1)
console.log(`${count - failed} of ${count} seeds passed in ${seconds} s`)
console.log(`${hours} h of virtual time, ${totals.messages} ${scenario.counted}, ${totals.faults} faults`)
process.exitCode = failed === 0 ? 0 : 1

/** Each planted fault must be caught by the checker that is named for it, within 50 seeds. */
async function catchAll(): Promise<number> {
  let escaped = 0
  for (const mutant of scenario.mutants) {
    const { seed, seedsRun, text } = await catchMutant(mutant, from, 50, scenario)
    if (seed === null) escaped++
    const how = seed === null ? `escaped ${seedsRun} seeds` : `seed ${seed}, after ${seedsRun}: ${text}`
    console.log(`${mutant.name.padEnd(28)} ${mutant.caughtBy.padEnd(12)} ${how}`)
  }
  return escaped === 0 ? 0 : 1
}
