/**
 * XML from strangers (XML 1.0, Namespaces in XML 1.0): well-formed, UTF-8, without DTD or entities of its own, and
 * bounded while it is read, not after. What stands around the root element (comments, instructions) is left out.
 */
import { Buffer, isUtf8 } from 'node:buffer'
import { SaxesParser } from 'saxes'
import { type XmlAttribute, type XmlElement, type XmlNode, xmlnsNamespace } from './element.ts'
import { readPlain } from './read-plain.ts'

/** Deeper than any format of ours, and shallow enough for recursion. */
export const depthMax = 32
/** Elements, attributes, pieces of text, comments and instructions: what a list of a thousand contacts needs. */
export const nodesMax = 10_000

/** Namespace declarations in force at one place: writers and selectors copy them wherever one is added. */
export const declarationsMax = 128

export interface XmlLimits {
  readonly bytesMax: number
  readonly depthMax: number
  readonly nodesMax: number
}

/** Twice the largest body that is taken, so that one inside another still fits. */
export const xmlLimits: XmlLimits = { bytesMax: 512 * 1024, depthMax, nodesMax }

export type XmlFault = 'not-utf8' | 'not-well-formed' | 'dtd' | 'too-large' | 'too-deep' | 'too-many-nodes'

export type ParsedXml =
  | { readonly ok: true; readonly root: XmlElement }
  /** `text`: what is wrong, for people; it may quote the document. */
  | { readonly ok: false; readonly fault: XmlFault; readonly text: string }

/** Never throws for anything that `bytes` may hold. A byte order mark is left out. */
export function parseXml(bytes: Uint8Array, limits: XmlLimits = xmlLimits): ParsedXml {
  try {
    const text = decode(bytes, limits)
    const plain = readPlain(text, { depthMax: limits.depthMax, nodesMax: limits.nodesMax, declarationsMax })
    return { ok: true, root: plain ?? new TreeReader(limits).read(text) }
  } catch (error) {
    if (error instanceof XmlRefusal) return { ok: false, fault: error.fault, text: error.message }
    throw error
  }
}

class XmlRefusal extends Error {
  readonly fault: XmlFault

  constructor(fault: XmlFault, text: string) {
    super(text)
    this.fault = fault
  }
}

function decode(bytes: Uint8Array, { bytesMax }: XmlLimits): string {
  if (bytes.length > bytesMax) throw new XmlRefusal('too-large', `more than ${bytesMax} bytes`)
  if (!isUtf8(bytes)) throw new XmlRefusal('not-utf8', 'not UTF-8')
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')
}

/** While it is being read. */
interface OpenElement extends XmlElement {
  readonly attributes: XmlAttribute[]
  readonly children: XmlNode[]
}

/** The events that saxes calls while it reads; a thrown refusal ends the reading where it stands. */
class TreeReader {
  readonly #limits: XmlLimits
  readonly #open: OpenElement[] = []
  #root: XmlElement | null = null
  #nodesCount = 0
  /** How many namespaces each open element declares; `#declaredCount` is their sum. */
  readonly #declared: number[] = []
  #declaredCount = 0
  #declaredInTag = 0

  constructor(limits: XmlLimits) {
    this.#limits = limits
  }

  read(text: string): XmlElement {
    // XML 1.1 allows characters that no document of 1.0 may hold, so whatever is declared is read as 1.0.
    const parser = new SaxesParser({
      xmlns: true,
      position: false,
      defaultXMLVersion: '1.0',
      forceXMLVersion: true,
    })
    parser.on('error', ({ message }) => {
      throw new XmlRefusal('not-well-formed', message)
    })
    parser.on('xmldecl', ({ encoding }) => this.#onDeclaration(encoding))
    parser.on('doctype', () => {
      throw new XmlRefusal('dtd', 'a document type declaration')
    })
    // Before the whole tag is read: one tag may hold any number of attributes.
    parser.on('opentagstart', () => this.#onTagStart())
    parser.on('attribute', ({ name }) => {
      this.#count()
      if (name === 'xmlns' || name.startsWith('xmlns:')) this.#onDeclared()
    })
    parser.on('opentag', ({ uri, local, prefix, attributes }) => {
      const element: OpenElement = { kind: 'element', ns: uri, local, prefix, attributes: [], children: [] }
      for (const { uri: ns, local, prefix, value } of Object.values(attributes)) {
        // The names that declarations give are read without blanks around them, so they are kept without.
        element.attributes.push({ ns, local, prefix, value: ns === xmlnsNamespace ? value.trim() : value })
      }
      this.#open.at(-1)?.children.push(element)
      this.#root ??= element
      this.#open.push(element)
      this.#declared.push(this.#declaredInTag)
    })
    parser.on('closetag', () => {
      this.#open.pop()
      this.#declaredCount -= this.#declared.pop() ?? 0
    })
    parser.on('text', (piece) => this.#onText(piece))
    parser.on('cdata', (piece) => this.#onText(piece))
    parser.on('comment', (comment) => this.#add({ kind: 'comment', text: comment }))
    parser.on('processinginstruction', ({ target, body }) => this.#add({ kind: 'instruction', target, text: body }))
    parser.write(text).close()
    if (this.#root === null) throw new XmlRefusal('not-well-formed', 'no element')
    return this.#root
  }

  #onDeclaration(encoding: string | undefined): void {
    if (encoding === undefined || /^(utf-8|us-ascii)$/i.test(encoding)) return
    throw new XmlRefusal('not-utf8', `encoding ${encoding.slice(0, 40)}, only UTF-8 is read`)
  }

  #onTagStart(): void {
    this.#count()
    this.#declaredInTag = 0
    const { depthMax } = this.#limits
    if (this.#open.length === depthMax) throw new XmlRefusal('too-deep', `more than ${depthMax} levels`)
  }

  #onDeclared(): void {
    this.#declaredInTag++
    this.#declaredCount++
    if (this.#declaredCount <= declarationsMax) return
    throw new XmlRefusal('too-many-nodes', `more than ${declarationsMax} namespaces declared at one place`)
  }

  #onText(piece: string): void {
    const children = this.#open.at(-1)?.children
    const last = children?.at(-1)
    if (!children || piece === '') return
    if (last?.kind === 'text') children[children.length - 1] = { kind: 'text', text: last.text + piece }
    else this.#add({ kind: 'text', text: piece })
  }

  #add(node: XmlNode): void {
    this.#count()
    this.#open.at(-1)?.children.push(node)
  }

  #count(): void {
    this.#nodesCount++
    const { nodesMax } = this.#limits
    if (this.#nodesCount > nodesMax) throw new XmlRefusal('too-many-nodes', `more than ${nodesMax} nodes`)
  }
}
