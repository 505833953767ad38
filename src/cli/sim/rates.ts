/**
 * `meridian sim rates`: what the model of users asks of a server each second, computed from its parameters.
 */
import { rateTable, stormTable } from '../../../sim/workload/rate-table.ts'
import { ratesText } from '../../../sim/workload/rates-text.ts'
import type { CommandDescription, Outcome } from '../command.ts'
import { done } from '../command.ts'
import { table } from '../table.ts'

export const description: CommandDescription = {
  path: ['sim', 'rates'],
  purpose: 'print what 10,000 signed-in users ask of a server each second',
  details:
    'Computed from the parameters of the model (`meridian sim --explain-model`), for contact lists of 6, 16, 24 and ' +
    '50, with and without subscriptions to lists, one device each, messages outside sessions.',
  withoutConfig: true,
  examples: [
    { line: 'meridian sim rates', text: 'shows where the load of presence comes from' },
    { line: 'meridian sim rates --json', text: 'the same for a program' },
  ],
}

export async function run(): Promise<Outcome> {
  return done({ rates: rateTable(), storms: stormTable() }, ratesText({}, table))
}
