/**
 * The configuration's JSON Schema (draft 2020-12), for editors that complete and check the file while it is written.
 */
import { toJsonSchema } from '@valibot/to-json-schema'
import { configSchema } from './schema.ts'

export function configJsonSchema(): Record<string, unknown> {
  // Text rules are functions, which a JSON Schema cannot hold; the server checks them when it loads the file.
  const schema = toJsonSchema(configSchema, {
    typeMode: 'input',
    target: 'draft-2020-12',
    ignoreActions: ['check', 'metadata'],
  })
  return { title: 'Configuration of Meridian', ...schema }
}
