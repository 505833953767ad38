/**
 * Where in the text of a document its elements and attributes stand. XCAP changes documents by cutting and pasting
 * text, so that everything else stays byte for byte as its client wrote it: comments, blanks, quotes, prefixes, and
 * elements of namespaces that nobody here knows (RFC 4825 §8.2.3: GET(PUT(x)) = x).
 *
 * Only for text that `src/xml` has found to be well-formed, without DTD and within its limits: nothing is checked
 * again.
 */

export interface MarkupAttribute {
  /** As written, with its prefix. */
  readonly name: string
  /** Empty without a prefix. */
  readonly ns: string
  readonly local: string
  /** Decoded. */
  readonly value: string
  /** Of the name. */
  readonly start: number
  /** Behind the closing quote. */
  readonly end: number
  readonly valueStart: number
}

export interface MarkupElement {
  readonly name: string
  readonly ns: string
  readonly local: string
  /** Without namespace declarations. */
  readonly attributes: readonly MarkupAttribute[]
  /** Prefix (empty: the default namespace) → name, all that are in scope. */
  readonly namespaces: ReadonlyMap<string, string>
  readonly parent: MarkupElement | null
  readonly children: readonly MarkupElement[]
  /** Of what stands directly inside, decoded. */
  readonly text: string
  readonly start: number
  /** Behind the start tag. */
  readonly tagEnd: number
  /** Where the end tag begins; in an empty-element tag, its end. */
  readonly contentEnd: number
  readonly end: number
}

/** While it is being read. */
interface OpenElement extends MarkupElement {
  children: MarkupElement[]
  text: string
  tagEnd: number
  contentEnd: number
  end: number
}

const xmlNamespace = 'http://www.w3.org/XML/1998/namespace'
const noNamespaces: ReadonlyMap<string, string> = new Map([['xml', xmlNamespace]])

export function readMarkup(text: string): MarkupElement {
  let open: OpenElement | null = null
  let root: MarkupElement | null = null
  let from = 0
  for (let at = text.indexOf('<'); at >= 0; at = text.indexOf('<', from)) {
    if (open) open.text += decodeText(text.slice(from, at))
    if (text.startsWith('<!--', at)) from = text.indexOf('-->', at + 4) + 3
    else if (text.startsWith('<![CDATA[', at)) {
      from = text.indexOf(']]>', at) + 3
      if (open) open.text += text.slice(at + 9, from - 3)
    } else if (text.startsWith('<?', at)) from = text.indexOf('?>', at) + 2
    else if (text.startsWith('</', at)) {
      from = text.indexOf('>', at) + 1
      open = closeElement(open!, at, from)
    } else {
      const element = readStartTag(text, at, open)
      open?.children.push(element)
      root ??= element
      from = element.tagEnd
      if (element.end === 0) open = element
    }
  }
  return root!
}

function closeElement(element: OpenElement, contentEnd: number, end: number): OpenElement | null {
  element.contentEnd = contentEnd
  element.end = end
  return element.parent as OpenElement | null
}

/** An element whose end tag is to come has no `end` yet. */
function readStartTag(text: string, start: number, parent: OpenElement | null): OpenElement {
  const name = match(nameToken, text, start + 1)
  const written: WrittenAttribute[] = []
  let at = start + 1 + name.length
  for (;;) {
    at += match(blanks, text, at).length
    if (text[at] === '>' || text[at] === '/') break
    const attribute = readAttribute(text, at)
    written.push(attribute)
    at = attribute.end
  }
  const isEmpty = text[at] === '/'
  const tagEnd = at + (isEmpty ? 2 : 1)
  const namespaces = namespacesOf(written, parent?.namespaces ?? noNamespaces)
  const { ns, local } = resolve(name, namespaces, namespaces.get('') ?? '')
  const attributes = written
    .filter((each) => !isDeclaration(each.name))
    .map((each) => ({ ...each, ...resolve(each.name, namespaces, '') }))
  const [contentEnd, end] = isEmpty ? [tagEnd, tagEnd] : [0, 0]
  return { name, ns, local, attributes, namespaces, parent, children: [], text: '', start, tagEnd, contentEnd, end }
}

type WrittenAttribute = Omit<MarkupAttribute, 'ns' | 'local'>

// The four blanks of XML alone: names may hold U+1680 and U+FEFF, which `\s` takes for blanks.
const nameToken = /[^ \t\r\n/>=]+/y
const blanks = /[ \t\r\n]*/y
const equals = /[ \t\r\n]*=[ \t\r\n]*/y

function match(pattern: RegExp, text: string, at: number): string {
  pattern.lastIndex = at
  return pattern.exec(text)?.[0] ?? ''
}

function readAttribute(text: string, start: number): WrittenAttribute {
  const name = match(nameToken, text, start)
  const quoteAt = start + name.length + match(equals, text, start + name.length).length
  const valueStart = quoteAt + 1
  const valueEnd = text.indexOf(text[quoteAt]!, valueStart)
  return { name, value: decodeValue(text.slice(valueStart, valueEnd)), start, end: valueEnd + 1, valueStart }
}

function isDeclaration(name: string): boolean {
  return name === 'xmlns' || name.startsWith('xmlns:')
}

function namespacesOf(
  attributes: readonly WrittenAttribute[],
  inherited: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  if (!attributes.some(({ name }) => isDeclaration(name))) return inherited
  const namespaces = new Map(inherited)
  for (const { name, value } of attributes) if (isDeclaration(name)) namespaces.set(name.slice(6), value)
  return namespaces
}

function resolve(name: string, namespaces: ReadonlyMap<string, string>, unprefixed: string) {
  const colon = name.indexOf(':')
  if (colon < 0) return { ns: unprefixed, local: name }
  return { ns: namespaces.get(name.slice(0, colon)) ?? '', local: name.slice(colon + 1) }
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

/** Character references and the five entities that XML has without a DTD. */
export function decodeText(text: string): string {
  if (!text.includes('&')) return text
  return text.replaceAll(
    /&(?:#x([\da-f]+)|#(\d+)|(\w+));/gi,
    (whole, hex?: string, decimal?: string, name?: string) => {
      if (name !== undefined) return entities[name] ?? whole
      const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16)
      return code <= 0x10ffff ? String.fromCodePoint(code) : whole
    },
  )
}

/** Blanks in attribute values are spaces, unless written as references (XML 1.0 §3.3.3). */
function decodeValue(text: string): string {
  return decodeText(text.replaceAll(/[\t\r\n]/g, ' '))
}

/** As the content of an element, or between double quotes. */
export function encodeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}

export function attribute(element: MarkupElement, local: string): string | null {
  return element.attributes.find((each) => each.ns === '' && each.local === local)?.value ?? null
}

export function childrenNamed(element: MarkupElement, ns: string, local: string): readonly MarkupElement[] {
  return element.children.filter((each) => each.ns === ns && each.local === local)
}

/** `<list/>` has no place for children. */
export function isEmptyTag(element: MarkupElement): boolean {
  return element.end === element.tagEnd
}
