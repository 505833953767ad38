/**
 * `meridian config check`: looks for mistakes in the configuration without starting anything.
 */
import { configWarnings } from '../../config/index.ts'
import type { CommandDescription, Invocation, Outcome } from '../command.ts'
import { doneWithWarnings } from '../command.ts'
import { loadConfiguration } from '../configuration.ts'

export const description: CommandDescription = {
  path: ['config', 'check'],
  purpose: 'look for mistakes in the configuration',
  examples: [
    { line: 'meridian config check', text: 'checks meridian.yaml in the current folder, or the defaults' },
    { line: 'meridian config check --config /etc/meridian.yaml', text: 'checks that file before a reload' },
  ],
  exitCodes: { 2: 'right, but something in it is seldom meant' },
}

export async function run(invocation: Invocation): Promise<Outcome> {
  const loaded = loadConfiguration(invocation)
  if (!loaded.ok) return loaded.outcome
  const warnings = configWarnings(loaded.config)
  const text = `${loaded.file ?? 'the defaults'}: no mistakes`
  return doneWithWarnings({ file: loaded.file, warnings }, text, warnings)
}
