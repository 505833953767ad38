/**
 * XML by the browser's own parser, as the plain tree that the readers take. It fetches nothing; what has a document
 * type is refused, as the server refuses it.
 */
import type { ParseXml, XmlNode } from '../chat-model/markup.ts'

const charsMax = 512 * 1024

export const parseXml: ParseXml = (text) => {
  if (text.length > charsMax || /<!DOCTYPE/i.test(text)) return null
  const { documentElement: root } = new DOMParser().parseFromString(text.trim(), 'application/xml')
  return root.getElementsByTagName('parsererror').length > 0 || root.localName === 'parsererror' ? null : nodeOf(root)
}

function nodeOf(element: Element): XmlNode {
  const texts = [...element.childNodes].filter(
    ({ nodeType }) => nodeType === Node.TEXT_NODE || nodeType === Node.CDATA_SECTION_NODE,
  )
  return {
    name: element.localName,
    namespace: element.namespaceURI ?? '',
    attributes: Object.fromEntries([...element.attributes].map(({ localName, value }) => [localName, value])),
    children: [...element.children].map(nodeOf),
    text: texts.map(({ nodeValue }) => nodeValue ?? '').join(''),
  }
}
