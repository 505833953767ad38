/**
 * The JSON Schema (draft 2020-12) of hardware profiles, for editors: `hardware-profiles/profile.schema.json`.
 * `UPDATE_DOCS=1 npx vitest run test/unit/profiles` writes it anew.
 */
import { toJsonSchema } from '@valibot/to-json-schema'
import { profileSchema } from './profile.ts'

export function profileJsonSchema(): Record<string, unknown> {
  const schema = toJsonSchema(profileSchema, { typeMode: 'input', target: 'draft-2020-12' })
  return { title: 'Hardware profile of Meridian', ...schema }
}
