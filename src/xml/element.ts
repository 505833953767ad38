/**
 * An XML document as a tree: elements with resolved namespaces, and text. Comments and processing instructions are
 * left out.
 */
export interface XmlAttribute {
  /** Empty where the attribute has no prefix. */
  readonly ns: string
  readonly local: string
  readonly value: string
}

export interface XmlElement {
  readonly ns: string
  readonly local: string
  readonly attributes: readonly XmlAttribute[]
  readonly children: readonly (XmlElement | string)[]
}

export function attributeOf(element: XmlElement, local: string): string | null {
  return element.attributes.find((each) => each.ns === '' && each.local === local)?.value ?? null
}

export function elementsOf(element: XmlElement, ns: string, local: string): readonly XmlElement[] {
  return element.children.filter(
    (each): each is XmlElement => typeof each !== 'string' && each.ns === ns && each.local === local,
  )
}

/** The text directly inside, without blanks around it. */
export function textOf(element: XmlElement): string {
  return element.children
    .filter((each) => typeof each === 'string')
    .join('')
    .trim()
}
