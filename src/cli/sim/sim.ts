/**
 * `meridian sim`: simulated users, and what the model of them is. Each use of the command is a function in a file of
 * its own; this one says which was asked for.
 */
import type { CommandDescription, Invocation, Outcome } from '../command.ts'
import { misused } from '../command.ts'
import { explainModelOutcome, workloadSchemaOutcome } from './explain-model.ts'

export const description: CommandDescription = {
  path: ['sim'],
  purpose: 'simulate users, and explain the model of them',
  withoutConfig: true,
  options: [
    { flags: '--explain-model', text: 'print every parameter with default, unit, distribution and source' },
    { flags: '--workload-schema', text: 'print the JSON Schema of workload files' },
  ],
  examples: [
    { line: 'meridian sim --explain-model | less', text: 'says what simulated users do, and why' },
    {
      line: 'meridian sim --workload-schema > workload.schema.json',
      text: 'for an editor that checks while you write',
    },
  ],
}

export async function run({ options }: Invocation): Promise<Outcome> {
  if (options.explainModel === true) return explainModelOutcome()
  if (options.workloadSchema === true) return workloadSchemaOutcome()
  return misused('say what to do: `--explain-model` or `--workload-schema`; see `meridian sim --help`')
}
