/**
 * XML as the web client's readers take it, by the server's parser: in a browser it is the browser's.
 */
import type { XmlNode as Plain } from '../../../src/web/chat-model/markup.ts'
import { childrenOf, parseXml, textOf, type XmlElement } from '../../../src/xml/index.ts'

export function parse(text: string): Plain | null {
  const parsed = parseXml(Buffer.from(text.trim()))
  return parsed.ok ? plain(parsed.root) : null
}

function plain(element: XmlElement): Plain {
  return {
    name: element.local,
    namespace: element.ns,
    attributes: Object.fromEntries(element.attributes.map(({ local, value }) => [local, value])),
    children: childrenOf(element).map(plain),
    text: textOf(element),
  }
}
