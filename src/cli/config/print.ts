/**
 * `meridian config print`: the configuration in force, with `--effective` also where each value was written.
 */
import { describeKeys, effectiveYaml, formatOrigin, maskedConfig } from '../../config/index.ts'
import type { CommandDescription, Invocation, Outcome } from '../command.ts'
import { done } from '../command.ts'
import { loadConfiguration } from '../configuration.ts'

export const description: CommandDescription = {
  path: ['config', 'print'],
  purpose: 'print the configuration in force',
  details: [
    'Secrets are shown as (set). With --json every key has its value; with --effective also its origin and when',
    'a change of it takes effect.',
  ].join(' '),
  options: [{ flags: '--effective', text: 'say for each value where it was written' }],
  examples: [
    { line: 'meridian config print', text: 'prints all sections as YAML' },
    { line: 'MERIDIAN__LOG__LEVEL=debug meridian config print --effective', text: 'shows which variable set what' },
  ],
}

export async function run(invocation: Invocation): Promise<Outcome> {
  const loaded = loadConfiguration(invocation)
  if (!loaded.ok) return loaded.outcome
  const { config, origins } = loaded
  const isEffective = invocation.options.effective === true
  const text = effectiveYaml(config, isEffective ? origins : null)
  const values = maskedConfig(config)
  if (!isEffective) return done(values, text)
  const reloads = new Map(describeKeys().map((key) => [key.path, key.reload]))
  const keys = Array.from(origins, ([path, origin]) => ({
    path,
    origin: formatOrigin(origin),
    reload: reloads.get(path),
  }))
  return done({ config: values, keys }, text)
}
