/**
 * `meridian topology schema`: the JSON Schema of `topology.yaml`, for editors.
 */
import { topologyJsonSchema } from '../../topology/index.ts'
import type { CommandDescription, Outcome } from '../command.ts'
import { done } from '../command.ts'

export const description: CommandDescription = {
  path: ['topology', 'schema'],
  purpose: 'print the JSON Schema of the topology file',
  withoutConfig: true,
  examples: [
    { line: 'meridian topology schema > meridian-topology.json', text: 'writes it where an editor finds it' },
    {
      line: 'sed -i "1i # yaml-language-server: \\$schema=meridian-topology.json" topology.yaml',
      text: 'tells the editor to use it',
    },
  ],
}

export async function run(): Promise<Outcome> {
  const schema = topologyJsonSchema()
  return done(schema, JSON.stringify(schema, null, 2))
}
