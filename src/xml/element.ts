/**
 * An XML document as a tree: resolved namespaces, and everything that is needed to write it again as it was: prefixes,
 * declarations, comments and processing instructions inside the root element.
 */

/** Of declarations: `xmlns` and `xmlns:prefix` are attributes of this namespace. */
export const xmlnsNamespace = 'http://www.w3.org/2000/xmlns/'
/** Bound to the prefix `xml` in every document: `xml:lang`. */
export const xmlNamespace = 'http://www.w3.org/XML/1998/namespace'

export interface XmlAttribute {
  /** Empty where the attribute has no prefix. */
  readonly ns: string
  readonly local: string
  readonly prefix: string
  readonly value: string
}

export interface XmlElement {
  readonly kind: 'element'
  readonly ns: string
  readonly local: string
  readonly prefix: string
  /** Declarations of namespaces among them. */
  readonly attributes: readonly XmlAttribute[]
  readonly children: readonly XmlNode[]
}

export type XmlNode =
  | XmlElement
  /** Entities and CDATA resolved; no two stand next to each other. */
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'comment'; readonly text: string }
  | { readonly kind: 'instruction'; readonly target: string; readonly text: string }

/** One of our own making, without prefix; `attributes` are of no namespace. */
export function xmlElement(
  ns: string,
  local: string,
  attributes: Readonly<Record<string, string>> = {},
  children: readonly (XmlNode | string)[] = [],
): XmlElement {
  return {
    kind: 'element',
    ns,
    local,
    prefix: '',
    attributes: Object.entries(attributes).map(([name, value]) => ({ ns: '', local: name, prefix: '', value })),
    children: children.map((child) => (typeof child === 'string' ? { kind: 'text', text: child } : child)),
  }
}

export function attributeOf(element: XmlElement, local: string, ns = ''): string | null {
  return element.attributes.find((each) => each.ns === ns && each.local === local)?.value ?? null
}

export function isElement(node: XmlNode): node is XmlElement {
  return node.kind === 'element'
}

/** The elements directly inside, of whatever name. */
export function childrenOf(element: XmlElement): readonly XmlElement[] {
  return element.children.filter(isElement)
}

export function elementsOf(element: XmlElement, ns: string, local: string): readonly XmlElement[] {
  return element.children.filter(
    (each): each is XmlElement => each.kind === 'element' && each.ns === ns && each.local === local,
  )
}

/** The text directly inside, without blanks around it. */
export function textOf(element: XmlElement): string {
  let text = ''
  for (const child of element.children) if (child.kind === 'text') text += child.text
  return text.trim()
}
