/**
 * Trees of XML for property tests: any names, namespaces, prefixes (also ones that mean something else around them) and
 * texts that a document may hold.
 */
import fc from 'fast-check'
import { type XmlElement, type XmlNode, xmlnsNamespace } from '../../src/xml/index.ts'

const local = fc.constantFrom('a', 'b', 'note', 'tuple', 'é', '__proto__', 'constructor')
const ns = fc.constantFrom('urn:one', 'urn:two', 'http://three.test/?a=1&b="2"')
const prefix = fc.constantFrom('', 'p', 'q', 'ns0')

/** Characters that XML 1.0 allows, with those that need care more often. */
export const xmlText = fc
  .array(
    fc.oneof(
      fc.constantFrom('&', '<', '>', '"', "'", '\r', '\n', '\t', ']]>', '-->', '&amp;', '\u0085', '\u2028', '😀', ' '),
      fc
        .string({ unit: 'grapheme', maxLength: 6 })
        .map((text) => text.replace(/[^\t\n\r\x20-\ud7ff\ue000-\ufffd]/g, '')),
    ),
    { maxLength: 6 },
  )
  .map((pieces) => pieces.join(''))

const attribute = fc.oneof(
  fc.record({ ns: fc.constant(''), local, prefix: fc.constant(''), value: xmlText }),
  fc.record({ ns, local, prefix, value: xmlText }),
)

/** One attribute for each name. */
const attributes = fc.uniqueArray(attribute, { maxLength: 3, selector: (each) => `${each.ns} ${each.local}` })

const leaf: fc.Arbitrary<XmlNode> = fc.oneof(
  { weight: 3, arbitrary: xmlText.filter((text) => text !== '').map((text): XmlNode => ({ kind: 'text', text })) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('', ' a comment ', '<b>').map((text): XmlNode => ({ kind: 'comment', text })),
  },
  fc.constant<XmlNode>({ kind: 'instruction', target: 'go', text: 'there="now"' }),
)

export const { element: xmlTree } = fc.letrec<{ element: XmlElement; node: XmlNode }>((tie) => ({
  node: fc.oneof({ depthSize: 'small', withCrossShrink: true }, leaf, tie('element')),
  element: fc
    .record({
      ns: fc.oneof(ns, fc.constant('')),
      local,
      prefix,
      attributes,
      children: fc.array(tie('node'), { maxLength: 4 }),
    })
    .map((drawn): XmlElement => ({ kind: 'element', ...drawn, children: joined(drawn.children) })),
}))

/** No two texts next to each other: nobody could tell them apart in the document. */
function joined(children: readonly XmlNode[]): readonly XmlNode[] {
  return children.filter((each, index) => each.kind !== 'text' || children[index - 1]?.kind !== 'text')
}

/** What a tree says, without how it says it: no prefixes, no declarations. */
export function meaning(element: XmlElement): unknown {
  const attributes = element.attributes
    .filter((each) => each.ns !== xmlnsNamespace)
    .map((each) => `{${each.ns}}${each.local}=${each.value}`)
    .sort()
  const children = element.children.map((each) => (each.kind === 'element' ? meaning(each) : each))
  return { name: `{${element.ns}}${element.local}`, attributes, children }
}
