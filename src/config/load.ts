/**
 * Loads the configuration: file, then environment, then defaults; checks every key; says for each value where it came
 * from. Wrong input is a list of errors with their places, never an exception.
 */
import { readFileSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import * as v from 'valibot'
import type { ConfigError, Origin } from './config-error.ts'
import { configError } from './config-error.ts'
import { applyEnvironment } from './environment.ts'
import { explain } from './explain.ts'
import { withAbsolutePaths } from './named-paths.ts'
import { nearestKey } from './nearest-key.ts'
import { inOrder, placeOf } from './place.ts'
import type { PlainGroup, PlainValue, ReadFile } from './read-yaml.ts'
import { fileBytesMax, readYaml } from './read-yaml.ts'
import type { Config } from './schema.ts'
import { checkTogether, configSchema } from './schema.ts'
import { applySecretFiles } from './secret-file.ts'
import type { KeyNode, Path } from './tree.ts'
import { describeKeys, keyTree, pathText } from './tree.ts'

export interface LoadOptions {
  /** The YAML file, or null for defaults and environment alone. */
  readonly file: string | null
  readonly env: Readonly<Record<string, string | undefined>>
  /** Relative files and folders are taken from the folder of the file, without a file from here. */
  readonly cwd: string
}

export type LoadResult =
  | {
      readonly ok: true
      readonly config: Config
      readonly origins: ReadonlyMap<string, Origin>
      readonly files: readonly string[]
    }
  /** `files`: the absolute paths of all that was looked at, there or not. */
  | { readonly ok: false; readonly errors: readonly ConfigError[]; readonly files: readonly string[] }

const fromDefault: Origin = { kind: 'default' }

/** All defaults, with paths as they are written: relative to wherever the server is started. */
export const defaultConfig: Config = v.parse(configSchema, {})

export function loadConfig({ file, env, cwd }: LoadOptions): LoadResult {
  const read = file === null ? nothingRead() : readConfigFile(resolve(cwd, file), file, env)
  if (file !== null) read.files.push(resolve(cwd, file))
  const folder = file === null ? cwd : dirname(resolve(cwd, file))
  applyEnvironment(read, env)
  applySecretFiles(read, folder)
  refuseUnknownKeys(read, keyTree, read.root, [])
  const parsed = v.safeParse(configSchema, withoutEmpty(read.root))
  if (!parsed.success) refuseWrongValues(read, parsed.issues)
  if (!parsed.success || read.errors.length > 0) return { ok: false, errors: inOrder(read.errors), files: read.files }
  const problems = checkTogether(parsed.output)
  if (problems.length > 0) {
    return {
      ok: false,
      errors: problems.map(({ path, message }) => configError(placeOf(read, path), pathText(path), message)),
      files: read.files,
    }
  }
  return { ok: true, config: withAbsolutePaths(parsed.output, folder), origins: originsOf(read), files: read.files }
}

function nothingRead(): ReadFile {
  return { root: Object.create(null), places: new Map(), errors: [], files: [] }
}

function readConfigFile(path: string, shownAs: string, env: LoadOptions['env']): ReadFile {
  const failed = (message: string): ReadFile => {
    const error: ConfigError = { ...configError(fromDefault, '', message), file: shownAs }
    return { ...nothingRead(), errors: [error] }
  }
  try {
    if (statSync(path).size > fileBytesMax)
      return failed(`larger than ${fileBytesMax} bytes; is this the configuration?`)
    return readYaml(readFileSync(path, 'utf8'), shownAs, env)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    return failed(code === 'ENOENT' ? 'no such file; `meridian init` writes one' : `cannot be read: ${code ?? error}`)
  }
}

function refuseUnknownKeys(read: ReadFile, node: KeyNode, value: PlainValue | undefined, path: Path): void {
  if (node.type === 'list' && Array.isArray(value)) {
    for (const [index, item] of value.entries()) refuseUnknownKeys(read, node.item, item, [...path, index])
  }
  if (node.type !== 'group' || typeof value !== 'object' || value === null) return
  if (Array.isArray(value)) {
    read.errors.push(configError(placeOf(read, path), pathText(path), 'expected a group of keys, found a list'))
    return
  }
  for (const key of Object.keys(value)) {
    const child = node.keys.get(key)
    const below = [...path, key]
    if (child) refuseUnknownKeys(read, child, value[key], below)
    else {
      const nearest = nearestKey(key, node.keys.keys(), knownPaths())
      read.errors.push(configError(placeOf(read, below), pathText(below), 'unknown key', nearest))
    }
  }
}

function knownPaths(): readonly string[] {
  return [...keyTree.keys.keys(), ...describeKeys().map((key) => key.path)]
}

function refuseWrongValues(read: ReadFile, issues: readonly v.BaseIssue<unknown>[]): void {
  for (const issue of issues) {
    const path = (issue.path ?? []).map((item) => item.key as string | number)
    // Unknown keys were named with their nearest neighbour already.
    if (issue.type === 'strict_object' && issue.expected === 'never') continue
    read.errors.push(configError(placeOf(read, path), pathText(path), explain(issue, path)))
  }
}

/** An empty section or key (`log:` with nothing behind it) is the default, as if it had been left out. */
function withoutEmpty(value: PlainValue, node: KeyNode = keyTree): unknown {
  if (Array.isArray(value)) return value.map((item) => withoutEmpty(item, node.type === 'list' ? node.item : node))
  if (typeof value !== 'object' || value === null) return value
  const entries: [string, unknown][] = []
  for (const [key, item] of Object.entries(value as PlainGroup)) {
    const child = node.type === 'group' ? node.keys.get(key) : undefined
    if (child === undefined) continue
    entries.push([key, item === null ? undefined : withoutEmpty(item, child)])
  }
  return Object.fromEntries(entries)
}

/** One origin for every key outside lists; a list has one as a whole. */
function originsOf(read: ReadFile): ReadonlyMap<string, Origin> {
  const paths = describeKeys().filter((key) => !key.path.includes('[]'))
  return new Map(paths.map(({ path }) => [path, read.places.get(path) ?? fromDefault]))
}
