/**
 * XML as the readers of this folder take it. Who parses it is the caller's business: in a browser, the browser.
 */
export interface XmlNode {
  /** Without prefix. */
  readonly name: string
  readonly namespace: string
  readonly attributes: Readonly<Record<string, string>>
  readonly children: readonly XmlNode[]
  /** Of the element itself, not of its children. */
  readonly text: string
}

/** Null for what is not well-formed. */
export type ParseXml = (text: string) => XmlNode | null

export function childrenOf(node: XmlNode, name: string): readonly XmlNode[] {
  return node.children.filter((each) => each.name === name)
}

export function escapeXml(text: string): string {
  return text
    .replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`)
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd')
}
