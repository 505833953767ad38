/**
 * `meridian sim fit RECORDS…`: what messages cost, from records of live runs, for the virtual driver.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { readCostModel } from '../../../sim/cost/cost-model.ts'
import { fitCosts } from '../../../sim/cost/fit-costs.ts'
import type { RunRecord } from '../../../sim/measure/run-record.ts'
import type { CommandDescription, Invocation, Outcome } from '../command.ts'
import { done, failed, misused } from '../command.ts'
import { fileFault } from '../file-fault.ts'

export const description: CommandDescription = {
  path: ['sim', 'fit'],
  purpose: 'fit the cost model of the virtual driver to records of live runs',
  details:
    'Each record is the file that `meridian sim --out` writes. Costs of the model that ships are multiplied by the ' +
    'factors that bring them nearest to the processor time of all runs; runs should differ in what they do.',
  withoutConfig: true,
  arguments: [{ name: '<records...>', text: 'files of live runs' }],
  options: [
    { flags: '--out <file>', text: 'write the model there; without it, it is printed' },
    { flags: '--commit <id>', text: 'of the server that was measured', default: 'unknown' },
  ],
  examples: [
    { line: 'meridian sim fit runs/*.json', text: 'prints the model, and writes nothing' },
    {
      line: 'meridian sim fit runs/*.json --commit $(git rev-parse --short HEAD) --out sim/cost/model.json',
      text: 'after `node sim/cost/measure-loads.ts runs`',
    },
  ],
  exitCodes: { 1: 'a file cannot be read, or none of them tells of a server' },
}

export async function run({ arguments: files, options, io }: Invocation): Promise<Outcome> {
  if (files.length === 0) return misused('name the records')
  const records: RunRecord[] = []
  for (const file of files) {
    try {
      const record = JSON.parse(readFileSync(resolve(io.cwd, file), 'utf8')) as RunRecord
      if (record.schema !== 'meridian-run/1') return failed(`${file}: no record of a run`)
      records.push(record)
    } catch (fault) {
      return failed(`cannot read ${file}: ${fileFault(fault)}`)
    }
  }
  const origin = { commit: String(options.commit ?? 'unknown'), fittedAt: new Date().toISOString().slice(0, 10) }
  const model = fitCosts(records, readCostModel(), origin)
  if (model === null) return failed('no record is of a whole live run with a server that could be looked into')
  const text = `${JSON.stringify(model, null, 2)}\n`
  const found = `${model.runs} runs, R² ${model.rSquared.user} (user), ${model.rSquared.system} (system)`
  if (options.out === undefined) return done(model, text)
  try {
    writeFileSync(resolve(io.cwd, String(options.out)), text)
  } catch (fault) {
    return failed(`cannot write ${options.out}: ${fileFault(fault)}`)
  }
  return done(model, found)
}
