/**
 * XML from strangers: well-formed, UTF-8, without DTD or entities of its own, and bounded while it is read, not after.
 */
import { Buffer, isUtf8 } from 'node:buffer'
import { SaxesParser, type SaxesTagNS } from 'saxes'
import type { XmlAttribute, XmlElement } from './element.ts'

/** Deeper than any format of ours, and shallow enough for recursion. */
export const depthMax = 32
/** Elements, attributes and pieces of text. */
export const nodesMax = 10_000

export type XmlFault = 'not-utf8' | 'not-well-formed' | 'dtd' | 'too-deep' | 'too-many-nodes'

export type ParsedXml =
  | { readonly ok: true; readonly root: XmlElement }
  | { readonly ok: false; readonly fault: XmlFault; readonly text: string }

class XmlRefusal extends Error {
  readonly fault: XmlFault

  constructor(fault: XmlFault, text: string) {
    super(text)
    this.fault = fault
  }
}

interface OpenElement {
  readonly ns: string
  readonly local: string
  readonly attributes: readonly XmlAttribute[]
  readonly children: (XmlElement | string)[]
}

export function parseXml(bytes: Uint8Array): ParsedXml {
  try {
    return { ok: true, root: readTree(decode(bytes)) }
  } catch (error) {
    if (error instanceof XmlRefusal) return { ok: false, fault: error.fault, text: error.message }
    throw error
  }
}

function decode(bytes: Uint8Array): string {
  if (!isUtf8(bytes)) throw new XmlRefusal('not-utf8', 'not UTF-8')
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')
}

function readTree(text: string): XmlElement {
  const parser = new SaxesParser({ xmlns: true, position: false })
  const open: OpenElement[] = []
  let root: XmlElement | null = null
  let nodesCount = 0
  const count = (more: number): void => {
    nodesCount += more
    if (nodesCount > nodesMax) throw new XmlRefusal('too-many-nodes', `more than ${nodesMax} nodes`)
  }
  const addText = (piece: string): void => {
    if (open.length === 0) return
    count(1)
    open.at(-1)!.children.push(piece)
  }
  parser.on('error', (error) => {
    throw new XmlRefusal('not-well-formed', error.message)
  })
  parser.on('xmldecl', ({ encoding }) => {
    if (encoding === undefined || /^(utf-8|us-ascii)$/i.test(encoding)) return
    throw new XmlRefusal('not-utf8', `encoding ${encoding}`)
  })
  parser.on('doctype', () => {
    throw new XmlRefusal('dtd', 'a document type declaration')
  })
  parser.on('opentag', (tag) => {
    const element = openElement(tag)
    count(1 + element.attributes.length)
    if (open.length === depthMax) throw new XmlRefusal('too-deep', `more than ${depthMax} levels`)
    if (open.length === 0) root = element
    else open.at(-1)!.children.push(element)
    open.push(element)
  })
  parser.on('closetag', () => {
    open.pop()
  })
  parser.on('text', addText)
  parser.on('cdata', addText)
  parser.write(text).close()
  if (root === null) throw new XmlRefusal('not-well-formed', 'no element')
  return root
}

function openElement({ uri, local, attributes }: SaxesTagNS): OpenElement {
  const kept = Object.values(attributes)
    .filter((each) => each.prefix !== 'xmlns' && each.name !== 'xmlns')
    .map((each) => ({ ns: each.uri, local: each.local, value: each.value }))
  return { ns: uri, local, attributes: kept, children: [] }
}
