/**
 * `MERIDIAN__SECTION__KEY` in the environment: one value each, stronger than the file. Case and single underscores do
 * not matter, so `MERIDIAN__REGISTRAR__DEVICES_MAX` and `MERIDIAN__registrar__devicesMax` are the same key.
 */
import { parse } from 'yaml'
import type { ConfigError } from './config-error.ts'
import { configError } from './config-error.ts'
import { nearestKey } from './nearest-key.ts'
import type { PlainGroup, PlainValue, ReadFile } from './read-yaml.ts'
import { plainScalar } from './read-yaml.ts'
import { secretFileKey } from './secret-file.ts'
import type { GroupNode, KeyNode } from './tree.ts'
import { describeKeys, keyTree, pathText } from './tree.ts'

export const environmentPrefix = 'MERIDIAN__'

export function applyEnvironment(read: ReadFile, env: Readonly<Record<string, string | undefined>>): void {
  for (const variable of Object.keys(env).sort()) {
    if (!variable.startsWith(environmentPrefix)) continue
    const error = applyOne(read, variable, env[variable] ?? '')
    if (error) read.errors.push(error)
  }
}

function applyOne(read: ReadFile, variable: string, text: string): ConfigError | null {
  const origin = { kind: 'environment', variable } as const
  const found = findKey(variable)
  if (found === null) return configError(origin, '', 'no key has this name', suggestion(variable))
  const value = readValue(text, found.node)
  if (value === undefined) return configError(origin, pathText(found.path), 'expected a list as YAML, such as [a, b]')
  put(read.root, found.path, value)
  forgetBelow(read, pathText(found.path))
  read.places.set(pathText(found.path), origin)
  return null
}

interface FoundKey {
  readonly path: readonly string[]
  /** Null for the `…File` sibling of a secret, which is a text. */
  readonly node: KeyNode | null
}

function findKey(variable: string): FoundKey | null {
  const path: string[] = []
  let group: GroupNode = keyTree
  const parts = variable.slice(environmentPrefix.length).split('__')
  for (const [index, part] of parts.entries()) {
    const isLast = index === parts.length - 1
    const key = namesOf(group).find((candidate) => simplified(candidate) === simplified(part))
    if (key === undefined) return null
    path.push(key)
    const node = group.keys.get(key) ?? null
    if (isLast) return node?.type === 'group' ? null : { path, node }
    if (node?.type !== 'group') return null
    group = node
  }
  return null
}

function namesOf(group: GroupNode): readonly string[] {
  return [...group.keys].flatMap(([key, node]) => (secretFileKey(key, node) ? [key, secretFileKey(key, node)!] : [key]))
}

function simplified(name: string): string {
  return name.toLowerCase().replaceAll('_', '')
}

function readValue(text: string, node: KeyNode | null): PlainValue | undefined {
  if (node === null || node.type === 'group' || node.facts.kind === 'text') return text
  if (node.facts.kind !== 'list') return plainScalar(text)
  try {
    const list: unknown = parse(text, { schema: 'core' })
    return Array.isArray(list) ? (list as PlainValue[]) : undefined
  } catch {
    return undefined
  }
}

function put(root: PlainGroup, path: readonly string[], value: PlainValue): void {
  let group = root
  for (const part of path.slice(0, -1)) {
    const below = group[part]
    if (typeof below !== 'object' || below === null || Array.isArray(below)) group[part] = Object.create(null)
    group = group[part] as PlainGroup
  }
  group[path.at(-1)!] = value
}

/** Places inside a list that was replaced belong to what is no longer there. */
function forgetBelow(read: ReadFile, path: string): void {
  for (const place of read.places.keys()) if (place.startsWith(`${path}[`)) read.places.delete(place)
}

function suggestion(variable: string): string | null {
  const known = describeKeys().filter((key) => !key.path.includes('[]'))
  const variables = known.map((key) => environmentPrefix + key.path.toUpperCase().replaceAll('.', '__'))
  return nearestKey(variable, variables, [])
}
