/**
 * The contact list as the server keeps it (RFC 4826): who is on it.
 */
import { addressOf } from './addresses.ts'
import type { XmlNode } from './markup.ts'
import type { Contact } from './state.ts'

/** In the order of the document, each once; entries that are no SIP addresses are left out. */
export function readContacts(document: XmlNode | null): readonly Contact[] {
  const found = new Map<string, Contact>()
  if (document) collect(document, found)
  return [...found.values()]
}

function collect(node: XmlNode, found: Map<string, Contact>): void {
  for (const child of node.children) {
    if (child.name === 'list') collect(child, found)
    if (child.name !== 'entry') continue
    const address = addressOf(child.attributes.uri ?? '', '')
    const name = child.children.find((each) => each.name === 'display-name')?.text.trim() || null
    if (address !== null && !found.has(address)) found.set(address, { address, name })
  }
}
