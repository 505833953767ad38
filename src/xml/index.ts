/**
 * XML: from bytes of strangers to a tree, with limits (`parse.ts`), and from a tree to text (`write.ts`).
 */
export {
  attributeOf,
  childrenOf,
  elementsOf,
  isElement,
  textOf,
  type XmlAttribute,
  type XmlElement,
  type XmlNode,
  xmlElement,
  xmlNamespace,
  xmlnsNamespace,
} from './element.ts'
export { escapeAttribute, escapeText } from './escape.ts'
export { depthMax, nodesMax, type ParsedXml, parseXml, type XmlFault, type XmlLimits, xmlLimits } from './parse.ts'
export { type NamespaceScope, namespaceScope, writeElement, writeXml, xmlDeclaration } from './write.ts'
