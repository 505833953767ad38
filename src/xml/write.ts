/**
 * A tree as text (Namespaces in XML 1.0). What was parsed is written with its prefixes and declarations; an element
 * that has been moved to where its prefix means something else, or was made without declarations, gets those it needs.
 */
import { type XmlAttribute, type XmlElement, type XmlNode, xmlNamespace, xmlnsNamespace } from './element.ts'
import { escapeAttribute, escapeText } from './escape.ts'

export const xmlDeclaration = '<?xml version="1.0" encoding="UTF-8"?>\n'

/** A whole document. */
export function writeXml(root: XmlElement): string {
  return xmlDeclaration + writeElement(root)
}

/** Prefix → namespace; the default namespace has the empty prefix. */
export type NamespaceScope = ReadonlyMap<string, string>

const outermost: NamespaceScope = namespaceScope({})

/** What is declared around an element that is written by itself. */
export function namespaceScope(declared: Readonly<Record<string, string>>): NamespaceScope {
  return new Map([['', ''], ['xml', xmlNamespace], ...Object.entries(declared)])
}

/** One element, to stand where `scope` is declared. */
export function writeElement(element: XmlElement, scope: NamespaceScope = outermost): string {
  return elementText(element, scope)
}

function elementText(element: XmlElement, outer: NamespaceScope): string {
  const names = new StartTag(element, outer)
  let text = `<${names.text}`
  if (element.children.length === 0) return `${text}/>`
  text += '>'
  for (const child of element.children) text += nodeText(child, names.scope)
  return `${text}</${names.name}>`
}

function nodeText(node: XmlNode, scope: NamespaceScope): string {
  switch (node.kind) {
    case 'element':
      return elementText(node, scope)
    case 'text':
      return escapeText(node.text)
    case 'comment':
      return `<!--${node.text}-->`
    case 'instruction':
      return `<?${node.target}${node.text === '' ? '' : ` ${node.text}`}?>`
  }
}

/** Name, attributes and the declarations that they need, and what is in scope behind them. */
class StartTag {
  readonly name: string
  readonly text: string
  scope: NamespaceScope
  /** Prefixes that this very tag has bound: they cannot be bound again. */
  #bound: Map<string, string> | null = null
  /** `scope`, once this tag has bound any. */
  #own: Map<string, string> | null = null

  constructor({ ns, local, prefix, attributes }: XmlElement, outer: NamespaceScope) {
    this.scope = outer
    for (const each of attributes) {
      if (each.ns === xmlnsNamespace) this.#bind(each.prefix === '' ? '' : each.local, each.value)
    }
    this.name = this.#named(this.#prefixOfElement(ns, prefix), local)
    let rest = ''
    for (const each of attributes) {
      if (each.ns !== xmlnsNamespace) rest += ` ${this.#attributeName(each)}="${escapeAttribute(each.value)}"`
    }
    this.text = this.name + this.#declarations() + rest
  }

  #bind(prefix: string, ns: string): void {
    this.#bound ??= new Map()
    this.#bound.set(prefix, ns)
    // One copy per tag: one per declaration would take time that grows with the square of their number.
    this.#own ??= new Map(this.scope)
    this.scope = this.#own.set(prefix, ns)
  }

  /** The same prefix where it can be had; the default namespace can only be taken away where nobody has set it. */
  #prefixOfElement(ns: string, prefix: string): string {
    if (this.scope.get(prefix) === ns) return prefix
    for (const [known, bound] of this.scope) if (bound === ns) return known
    // Without a namespace there is no prefix to choose: a declaration that says otherwise is overruled.
    if (ns === '') this.#bind('', '')
    else if (!this.#bound?.has(prefix)) this.#bind(prefix, ns)
    else return this.#anyPrefix(ns)
    return ns === '' ? '' : prefix
  }

  #attributeName({ ns, local, prefix }: XmlAttribute): string {
    if (ns === '') return local
    if (prefix !== '' && this.scope.get(prefix) === ns) return this.#named(prefix, local)
    if (prefix !== '' && !this.scope.has(prefix)) {
      this.#bind(prefix, ns)
      return this.#named(prefix, local)
    }
    return this.#named(this.#anyPrefix(ns), local)
  }

  /** One that means it already, or a new one. */
  #anyPrefix(ns: string): string {
    for (const [prefix, bound] of this.scope) if (prefix !== '' && bound === ns) return prefix
    let number = 0
    while (this.scope.has(`ns${number}`)) number++
    this.#bind(`ns${number}`, ns)
    return `ns${number}`
  }

  #named(prefix: string, local: string): string {
    return prefix === '' ? local : `${prefix}:${local}`
  }

  #declarations(): string {
    let text = ''
    for (const [prefix, ns] of this.#bound ?? []) {
      text += ` xmlns${prefix === '' ? '' : `:${prefix}`}="${escapeAttribute(ns)}"`
    }
    return text
  }
}
