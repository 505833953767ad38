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

/** What is in force once a running server has taken `loaded` over: keys that need a restart keep their values. */
export function takenOver(before: Config, loaded: Config): Config {
  const kept = configChanges(before, loaded).filter(({ reload }) => reload === 'restart')
  const config = structuredClone(loaded)
  for (const { path } of kept) setValueAt(config, path, valueAt(before, path))
  return config
}

export function setValueAt(config: Config, path: string, value: unknown): void {
  const parts = path.split('.')
  const group = valueAt(config, parts.slice(0, -1).join('.')) as Record<string, unknown>
  group[parts.at(-1)!] = value
}

export function valueAt(config: Config, path: string): unknown {
  let value: unknown = config
  for (const part of path.split('.')) value = (value as Record<string, unknown>)[part]
  return value
}
