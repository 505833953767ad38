/**
 * `meridian sim rates`: what the model of users asks of a server each second, computed from its parameters.
 */
import { rateRow, rateTable, stormTable } from '../../../sim/workload/rate-table.ts'
import { ratesText } from '../../../sim/workload/rates-text.ts'
import type { CommandDescription, Invocation, Outcome } from '../command.ts'
import { done } from '../command.ts'
import { table } from '../table.ts'
import { chooseWorkload, workloadOptions } from './choose-workload.ts'

export const description: CommandDescription = {
  path: ['sim', 'rates'],
  purpose: 'print what simulated users ask of a server each second',
  details:
    'Computed from the parameters of the model (`meridian sim --explain-model`). Without options: 10,000 users of ' +
    '2003 with contact lists of 6, 16, 24 and 50, with and without subscriptions to lists, messages outside ' +
    'sessions. With a workload, users or parameters: those of the busy hour of that workload.',
  withoutConfig: true,
  options: workloadOptions,
  examples: [
    { line: 'meridian sim rates', text: 'shows where the load of presence comes from' },
    { line: 'meridian sim rates --users 2500 --era modern', text: 'of your own number of users, with lists' },
    { line: 'meridian sim rates --set contacts=30 lists=yes', text: 'with other contact lists' },
  ],
  exitCodes: { 78: 'the workload file is wrong; each line names file, line, column and key' },
}

export async function run({ options, io }: Invocation): Promise<Outcome> {
  const isAsked = ['workload', 'users', 'era', 'quick', 'set'].some((name) => options[name] !== undefined)
  if (!isAsked) return done({ rates: rateTable(), storms: stormTable() }, ratesText(null, table))
  const chosen = chooseWorkload(options, io, 'live')
  if (!chosen.ok) return chosen.outcome
  const { parameters } = chosen.workload
  return done({ rates: [rateRow(parameters)], storms: stormTable(parameters) }, ratesText(parameters, table))
}
