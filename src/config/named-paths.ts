/**
 * The files and folders that a configuration names, by what the keys say of themselves. No key of a list's entries
 * names one.
 */
import { resolve } from 'node:path'
import { setValueAt, valueAt } from './changes.ts'
import type { Config } from './schema.ts'
import { describeKeys } from './tree.ts'

export interface NamedPath {
  /** `tls.certificateFile`, `topology.revocationFiles[0]`. */
  readonly key: string
  readonly path: string
}

/** What is left out is not among them. */
export function namedPaths(config: Config): readonly NamedPath[] {
  return pathKeys().flatMap((key) => {
    const value = valueAt(config, key) as Paths
    if (value === null) return []
    if (typeof value === 'string') return [{ key, path: value }]
    return value.map((path, index) => ({ key: `${key}[${index}]`, path }))
  })
}

/** The same configuration, in which relative paths are taken from `folder`. */
export function withAbsolutePaths(config: Config, folder: string): Config {
  const absolute = structuredClone(config)
  for (const key of pathKeys()) {
    const value = valueAt(config, key) as Paths
    if (typeof value === 'string') setValueAt(absolute, key, resolve(folder, value))
    else if (value !== null) {
      const paths = value.map((path) => resolve(folder, path))
      setValueAt(absolute, key, paths)
    }
  }
  return absolute
}

type Paths = string | readonly string[] | null

function pathKeys(): readonly string[] {
  return describeKeys()
    .filter(({ isPath }) => isPath)
    .map(({ path }) => path)
}
