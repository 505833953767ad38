/**
 * The plain kind of XML that nearly all clients write, read in one pass: elements, attributes and text, names in ASCII,
 * no comments, instructions, CDATA or references beside the five of XML. Anything else, or what is wrong, is left to
 * the parser of `parse.ts`, which says what is wrong: of what is read here both make the same tree.
 */
import { type XmlAttribute, type XmlElement, type XmlNode, xmlNamespace, xmlnsNamespace } from './element.ts'

export interface PlainLimits {
  readonly depthMax: number
  readonly nodesMax: number
  /** Of namespaces, around one place. */
  readonly declarationsMax: number
}

/** More in one tag, each compared with all others, are for the other parser. */
const attributesMax = 64

/** What begins anything that is not plain, or may stand in no document (XML 1.0 §2.2, §2.4). */
const notPlain = /[^\t\n\x20-\ud7ff\ue000-\ufffd]|\]\]>|<!/
const declaration = /<\?xml version=(?:"1\.0"|'1\.0')(?: encoding=(?:"[Uu][Tt][Ff]-8"|'[Uu][Tt][Ff]-8'))? *\?>/y
const blanks = /[ \t\n]*/y
const name = '([A-Za-z_][\\w.-]*)(?::([A-Za-z_][\\w.-]*))?'
const tagStart = new RegExp(`<${name}`, 'y')
const attribute = new RegExp(`[ \\t\\n]+${name}=(?:"([^"<&\\t\\n]*)"|'([^'<&\\t\\n]*)')`, 'y')
const tagEnd = /[ \t\n]*(\/?)>/y
const closingTag = /<\/([\w.:-]+)[ \t\n]*>/y
const reference = /&(amp|lt|gt|quot|apos);/g
const otherReference = /&(?!(?:amp|lt|gt|quot|apos);)/
const referred: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

/** Null: it is to be read by the other parser. */
export function readPlain(text: string, limits: PlainLimits): XmlElement | null {
  // XML 1.0 §2.11.
  const lines = text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text
  return notPlain.test(lines) ? null : new PlainReader(lines, limits).read()
}

/** A namespace that is declared at an element or around it: the innermost first. */
interface Scope {
  readonly prefix: string
  readonly ns: string
  readonly around: Scope | null
  /** How many are in force, this one included. */
  readonly count: number
}

const builtIn: Scope = { prefix: 'xml', ns: xmlNamespace, around: null, count: 0 }

interface OpenElement {
  readonly written: string
  readonly children: XmlNode[]
  readonly scope: Scope
}

/** Prefix and local name; a name without colon has the empty prefix. */
interface Attribute {
  readonly prefix: string
  readonly local: string
  readonly value: string
}

class PlainReader {
  readonly #text: string
  readonly #limits: PlainLimits
  readonly #open: OpenElement[] = []
  #at = 0
  #nodesLeft: number

  constructor(text: string, limits: PlainLimits) {
    this.#text = text
    this.#limits = limits
    this.#nodesLeft = limits.nodesMax
  }

  read(): XmlElement | null {
    this.#match(declaration)
    this.#match(blanks)
    const root = this.#openTag(builtIn)
    if (!root) return null
    while (this.#open.length > 0) if (!this.#next(this.#open.at(-1)!)) return null
    this.#match(blanks)
    return this.#at === this.#text.length && this.#nodesLeft >= 0 ? root : null
  }

  /** Text, an element, or the end of this one. False: not plain. */
  #next({ written, children, scope }: OpenElement): boolean {
    const from = this.#at
    const to = this.#text.indexOf('<', from)
    if (to < 0) return false
    if (to > from) {
      const text = this.#text.slice(from, to)
      if (otherReference.test(text)) return false
      children.push({ kind: 'text', text: text.replace(reference, (_, word: string) => referred[word]!) })
      this.#at = to
      this.#nodesLeft--
    }
    const closed = this.#match(closingTag)
    if (closed) {
      this.#open.pop()
      return closed[1] === written
    }
    const element = this.#openTag(scope)
    if (element) children.push(element)
    return element !== null
  }

  /** It stays open unless its tag closes it. */
  #openTag(around: Scope): XmlElement | null {
    const start = this.#match(tagStart)
    if (!start || this.#open.length === this.#limits.depthMax) return null
    const [written, prefix, local] = [start[0].slice(1), start[2] ? start[1]! : '', start[2] ?? start[1]!]
    const read = this.#attributes()
    const end = this.#match(tagEnd)
    const scope = declared(read, around)
    if (!end || !scope || scope.count > this.#limits.declarationsMax) return null
    const ns = resolved(prefix, scope)
    const attributes = inNamespaces(read, scope)
    if (ns === null || !attributes) return null
    this.#nodesLeft -= 1 + attributes.length
    const children: XmlNode[] = []
    if (end[1] === '') this.#open.push({ written, children, scope })
    return { kind: 'element', ns, local, prefix, attributes, children }
  }

  #attributes(): readonly Attribute[] {
    const found: Attribute[] = []
    for (let match = this.#match(attribute); match; match = this.#match(attribute)) {
      const [, first, second, inDouble, inSingle] = match
      const [prefix, local] = second === undefined ? ['', first!] : [first!, second]
      found.push({ prefix, local, value: inDouble ?? inSingle! })
      if (found.length === attributesMax) break
    }
    return found
  }

  /** At this place, which is then passed. */
  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at
    const match = pattern.exec(this.#text)
    if (match) this.#at = pattern.lastIndex
    return match
  }
}

/** What an element's attributes declare, within what is declared around it. Null: not plain. */
function declared(attributes: readonly Attribute[], around: Scope): Scope | null {
  let scope = around
  for (const { prefix, local, value } of attributes) {
    const isDefault = prefix === '' && local === 'xmlns'
    if (!isDefault && prefix !== 'xmlns') continue
    // What the two reserved names may be bound to, and blanks around a name, are for the other parser.
    if (local.startsWith('xml') && !isDefault) return null
    if (value.trim() !== value || value === xmlNamespace || value === xmlnsNamespace) return null
    if (value === '' && !isDefault) return null
    scope = { prefix: isDefault ? '' : local, ns: value, around: scope, count: scope.count + 1 }
  }
  return scope
}

/** Null: nobody has declared it. */
function resolved(prefix: string, scope: Scope): string | null {
  for (let each: Scope | null = scope; each; each = each.around) if (each.prefix === prefix) return each.ns
  return prefix === '' ? '' : null
}

/** Null: a prefix that nobody has declared, or an attribute twice. */
function inNamespaces(attributes: readonly Attribute[], scope: Scope): readonly XmlAttribute[] | null {
  const found: XmlAttribute[] = []
  for (const { prefix, local, value } of attributes) {
    const isDeclaration = prefix === 'xmlns' || (prefix === '' && local === 'xmlns')
    const ns = isDeclaration ? xmlnsNamespace : prefix === '' ? '' : resolved(prefix, scope)
    if (ns === null || found.some((each) => each.local === local && each.ns === ns)) return null
    found.push({ ns, local, prefix, value })
  }
  return found
}
