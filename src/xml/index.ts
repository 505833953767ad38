/**
 * XML: from bytes to a tree, with limits.
 */
export { attributeOf, elementsOf, textOf, type XmlElement } from './element.ts'
export { depthMax, nodesMax, type ParsedXml, parseXml, type XmlFault } from './parse.ts'
