/**
 * Secrets by file: for a secret key `x` the file may say `xFile: /run/secrets/x` instead, so that the value stands
 * neither in the configuration nor in the environment.
 */
import { readFileSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Origin } from './config-error.ts'
import { configError } from './config-error.ts'
import type { PlainGroup, PlainValue, ReadFile } from './read-yaml.ts'
import type { GroupNode, KeyNode, Path } from './tree.ts'
import { keyTree, pathText } from './tree.ts'

/** The name of the sibling key, or null where the key is no secret. */
export function secretFileKey(key: string, node: KeyNode): string | null {
  return node.type === 'leaf' && node.facts.secret ? `${key}File` : null
}

/** A password or passphrase; whoever names a larger file has named the wrong one. */
const secretBytesMax = 64 * 1024

/** Replaces each `xFile` by `x` with the content of the file, without the line end that editors add. */
export function applySecretFiles(read: ReadFile, folder: string): void {
  visit(read, keyTree, read.root, [], folder)
}

function visit(read: ReadFile, node: GroupNode, group: PlainGroup, path: Path, folder: string): void {
  for (const [key, child] of node.keys) {
    const value = group[key]
    if (child.type === 'group' && isGroup(value)) visit(read, child, value, [...path, key], folder)
    const fileKey = secretFileKey(key, child)
    if (fileKey !== null && fileKey in group) replace(read, group, { path, key, fileKey, folder })
  }
}

interface Place {
  readonly path: Path
  readonly key: string
  readonly fileKey: string
  readonly folder: string
}

function replace(read: ReadFile, group: PlainGroup, { path, key, fileKey, folder }: Place): void {
  const fileKeyText = pathText([...path, fileKey])
  const origin: Origin = read.places.get(fileKeyText) ?? { kind: 'default' }
  const refuse = (message: string) => read.errors.push(configError(origin, fileKeyText, message))
  const name = group[fileKey]
  delete group[fileKey]
  if (name === null) return
  if (typeof name !== 'string') return void refuse('expected the name of a file')
  if (group[key] !== undefined && group[key] !== null) return void refuse(`${key} is given as well; keep one of them`)
  const file = resolve(folder, name)
  read.files.push(file)
  const content = contentOf(file)
  if (!content.ok) return void refuse(content.message)
  group[key] = content.text
  read.places.set(pathText([...path, key]), origin)
}

function contentOf(file: string): { ok: true; text: string } | { ok: false; message: string } {
  try {
    if (statSync(file).size > secretBytesMax)
      return { ok: false, message: `${file} is larger than ${secretBytesMax} bytes` }
    return { ok: true, text: readFileSync(file, 'utf8').replace(/\r?\n$/, '') }
  } catch (error) {
    return { ok: false, message: `cannot read ${file}: ${(error as NodeJS.ErrnoException).code ?? error}` }
  }
}

function isGroup(value: PlainValue | undefined): value is PlainGroup {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
