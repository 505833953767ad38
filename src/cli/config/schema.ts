/**
 * `meridian config schema`: the JSON Schema of the configuration file, for editors.
 */
import { configJsonSchema } from '../../config/index.ts'
import type { CommandDescription, Outcome } from '../command.ts'
import { done } from '../command.ts'

export const description: CommandDescription = {
  path: ['config', 'schema'],
  purpose: 'print the JSON Schema of the configuration file',
  withoutConfig: true,
  examples: [
    { line: 'meridian config schema > meridian.schema.json', text: 'writes it where an editor finds it' },
    {
      line: 'sed -i "1i # yaml-language-server: \\$schema=meridian.schema.json" meridian.yaml',
      text: 'tells the editor to use it',
    },
  ],
}

export async function run(): Promise<Outcome> {
  const schema = configJsonSchema()
  return done(schema, JSON.stringify(schema, null, 2))
}
