/**
 * The configuration file as plain values, with the place of each: YAML 1.2, one document, environment references
 * replaced. Which keys exist and what they may hold is decided in `load.ts`.
 */
import type { Document, Node, Pair, YAMLError, YAMLMap, YAMLSeq } from 'yaml'
import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, Scalar } from 'yaml'
import type { ConfigError, Origin } from './config-error.ts'
import { configError } from './config-error.ts'
import { interpolate } from './interpolate.ts'
import type { Path } from './tree.ts'
import { pathText } from './tree.ts'

export type PlainValue = string | number | boolean | null | PlainValue[] | PlainGroup
/** Without a prototype, so that a key named like one of Object's own is a key like any other. */
export interface PlainGroup {
  [key: string]: PlainValue
}

export interface ReadFile {
  readonly root: PlainGroup
  /** By path text; the place of the key, or of the entry in a list. */
  readonly places: Map<string, Origin>
  readonly errors: ConfigError[]
  /** Absolute paths of what was looked at, there or not: who waits for changes watches these. */
  readonly files: string[]
}

/** A file larger than this is not a configuration; the parser would only burn time on it. */
export const fileBytesMax = 1024 * 1024

export function readYaml(text: string, file: string, env: Readonly<Record<string, string | undefined>>): ReadFile {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, version: '1.2', schema: 'core' })
  const reader = new YamlReader(document, lines, file, env)
  return reader.read()
}

class YamlReader {
  readonly #document: Document.Parsed
  readonly #lines: LineCounter
  readonly #file: string
  readonly #env: Readonly<Record<string, string | undefined>>
  readonly #places = new Map<string, Origin>()
  readonly #errors: ConfigError[] = []

  constructor(
    document: Document.Parsed,
    lines: LineCounter,
    file: string,
    env: Readonly<Record<string, string | undefined>>,
  ) {
    this.#document = document
    this.#lines = lines
    this.#file = file
    this.#env = env
  }

  read(): ReadFile {
    let root: PlainGroup = Object.create(null)
    for (const error of this.#document.errors) this.#refuse(this.#at(error.pos[0]), '', syntaxMessage(error))
    const contents = this.#document.contents
    if (this.#errors.length === 0 && contents !== null) {
      if (isMap(contents)) root = this.#map(contents as YAMLMap<Node, Node | null>, [])
      else if (!isScalar(contents) || contents.value !== null)
        this.#refuse(this.#at(contents.range[0]), '', 'expected sections such as `domain:` at the top of the file')
    }
    return { root, places: this.#places, errors: this.#errors, files: [] }
  }

  #value(node: Node | null, path: Path, place: Origin): PlainValue {
    if (node === null) return null
    if (isMap(node)) return this.#map(node as YAMLMap<Node, Node | null>, path)
    if (isSeq(node)) return this.#list(node as YAMLSeq<Node | null>, path)
    if (isScalar(node)) return this.#scalar(node, path)
    // Anchors would make one place stand for several keys; nothing in so small a file needs them.
    if (isAlias(node)) this.#refuse(place, pathText(path), 'YAML aliases are not used in this file; repeat the value')
    return null
  }

  #map(map: YAMLMap<Node, Node | null>, path: Path): PlainGroup {
    const group: PlainGroup = Object.create(null)
    for (const pair of map.items as Pair<Node, Node | null>[]) {
      const place = this.#at(pair.key.range?.[0] ?? 0)
      if (!isScalar(pair.key) || typeof pair.key.value !== 'string') {
        this.#refuse(place, pathText(path), 'expected the name of a key before the colon')
        continue
      }
      const below = [...path, pair.key.value]
      this.#places.set(pathText(below), place)
      group[pair.key.value] = this.#value(pair.value, below, place)
    }
    return group
  }

  #list(list: YAMLSeq<Node | null>, path: Path): PlainValue[] {
    return list.items.map((item, index) => {
      const below = [...path, index]
      const place = this.#at(item?.range?.[0] ?? list.range?.[0] ?? 0)
      this.#places.set(pathText(below), place)
      return this.#value(item, below, place)
    })
  }

  #scalar(scalar: Scalar, path: Path): PlainValue {
    const { value } = scalar
    if (typeof value === 'number' || typeof value === 'boolean' || value === null) return value
    if (typeof value !== 'string') return String(value)
    const result = interpolate(value, this.#env)
    if (!result.ok) this.#refuse(this.#at(scalar.range?.[0] ?? 0), pathText(path), result.message)
    // As if nothing stood there: one mistake is said once.
    if (!result.ok) return null
    if (!result.changed) return value
    // Unquoted, `${PORT}` is a number when the variable holds one, as if it stood there; quoted it is a text.
    return scalar.type === Scalar.PLAIN ? plainScalar(result.text) : result.text
  }

  #at(offset: number): Origin {
    const { line, col } = this.#lines.linePos(offset)
    return { kind: 'file', file: this.#file, line, column: col }
  }

  #refuse(place: Origin, key: string, message: string): void {
    this.#errors.push(configError(place, key, message))
  }
}

function syntaxMessage(error: YAMLError): string {
  return error.code === 'DUPLICATE_KEY' ? 'this key stands here twice' : error.message.split('\n')[0]!
}

/** What an unquoted word of YAML means: a number, a switch, nothing, or a text. */
export function plainScalar(text: string): string | number | boolean | null {
  if (/^(?:true|True|TRUE)$/.test(text)) return true
  if (/^(?:false|False|FALSE)$/.test(text)) return false
  if (/^(?:null|Null|NULL|~)?$/.test(text)) return null
  return /^[-+]?(?:\d+|\d*\.\d+|\d+\.\d*)(?:e[-+]?\d+)?$/i.test(text) ? Number(text) : text
}
