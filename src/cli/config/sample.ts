/**
 * `meridian config sample`: a configuration file with every key, its default and its reason, all commented out.
 */
import { sampleYaml } from '../../config/index.ts'
import type { CommandDescription, Outcome } from '../command.ts'
import { done } from '../command.ts'

export const description: CommandDescription = {
  path: ['config', 'sample'],
  purpose: 'print a commented configuration file with all defaults',
  withoutConfig: true,
  examples: [
    { line: 'meridian config sample | less', text: 'shows what can be set' },
    { line: 'meridian config sample > meridian.yaml', text: 'begins a file; `meridian init` does the same and more' },
  ],
}

export async function run(): Promise<Outcome> {
  const yaml = sampleYaml()
  return done({ yaml }, yaml)
}
