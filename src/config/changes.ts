/**
 * What a reload changes: the keys whose values differ, and for each when the new value takes effect.
 */
import { isDeepStrictEqual } from 'node:util'
import type { Reload } from './key.ts'
import type { Config } from './schema.ts'
import { describeKeys } from './tree.ts'

export interface ConfigChange {
  readonly path: string
  readonly reload: Reload
}

export function configChanges(before: Config, after: Config): readonly ConfigChange[] {
  return describeKeys()
    .filter(({ path }) => !path.includes('[]') && !isDeepStrictEqual(valueAt(before, path), valueAt(after, path)))
    .map(({ path, reload }) => ({ path, reload }))
}

export function valueAt(config: Config, path: string): unknown {
  let value: unknown = config
  for (const part of path.split('.')) value = (value as Record<string, unknown>)[part]
  return value
}
