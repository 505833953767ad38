/**
 * XML from a tree and back: nothing is lost, whatever a tree holds, and no bytes make the parser throw (P4).
 */
import { Buffer } from 'node:buffer'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseXml, writeXml, type XmlElement, xmlLimits } from '../../src/xml/index.ts'
import { meaning, xmlTree } from '../support/xml-arbitraries.ts'

function parsed(text: string): XmlElement {
  const result = parseXml(Buffer.from(text))
  if (!result.ok) throw new Error(`${result.text} in ${text}`)
  return result.root
}

describe('XML', () => {
  it('says the same after it was written and read', () => {
    fc.assert(
      fc.property(xmlTree, (tree) => {
        expect(meaning(parsed(writeXml(tree)))).toEqual(meaning(tree))
      }),
      { numRuns: 500 },
    )
  })

  it('keeps prefixes, declarations and comments of what was read', () => {
    fc.assert(
      fc.property(xmlTree, (tree) => {
        const once = writeXml(tree)
        const root = parsed(once)
        expect(writeXml(root)).toBe(once)
        expect(parsed(writeXml(root))).toEqual(root)
      }),
    )
  })

  it('says the same wherever an element is put', () => {
    fc.assert(
      fc.property(xmlTree, xmlTree, (outer, inner) => {
        const [parent, child] = [parsed(writeXml(outer)), parsed(writeXml(inner))]
        const moved: XmlElement = { ...parent, children: [child] }
        expect(meaning(parsed(writeXml(moved)))).toEqual(meaning(moved))
      }),
    )
  })

  it('is a document also where a text has characters that none may have', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.array(fc.nat(0xffff)), (text, units) => {
        const wild = text + String.fromCharCode(...units)
        const attribute = { ns: '', local: 'a', prefix: '', value: wild }
        const children = [{ kind: 'text', text: wild }] as const
        parsed(writeXml({ kind: 'element', ns: '', local: 'x', prefix: '', attributes: [attribute], children }))
      }),
    )
  })

  it('never makes the parser throw, and never passes its limits', () => {
    const piece = fc.constantFrom(
      '<a>',
      '</a>',
      '<b x="1">',
      '&amp;',
      '&#1;',
      '<!--',
      '-->',
      '<![CDATA[',
      ']]>',
      '<?x',
      '?>',
    )
    const limits = { ...xmlLimits, nodesMax: 20, depthMax: 5 }
    const anything = fc.oneof(
      fc.array(fc.oneof(piece, fc.string())).map((pieces) => Buffer.from(pieces.join(''))),
      fc.uint8Array().map((bytes) => Buffer.from(bytes)),
    )
    fc.assert(
      fc.property(anything, (bytes) => {
        const result = parseXml(bytes, limits)
        if (result.ok) expect(size(result.root)).toBeLessThanOrEqual(20)
      }),
      { numRuns: 500 },
    )
  })
})

function size(element: XmlElement): number {
  const inside = element.children.map((each) => (each.kind === 'element' ? size(each) : 1))
  return inside.reduce((sum, each) => sum + each, 1 + element.attributes.length)
}
