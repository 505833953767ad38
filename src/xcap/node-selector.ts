/**
 * Node selectors (RFC 4825 §6.3 and §6.4): the part of an XCAP URI behind `/~~/`, parsed and followed through a
 * document. What is done with the node is `change-node.ts`'s.
 */

import { positionMax } from './limits.ts'
import { decodeText, type MarkupAttribute, type MarkupElement } from './markup.ts'

export interface QualifiedName {
  readonly ns: string
  readonly local: string
}

/** One step: `list`, `*`, `entry[2]`, `list[@name="friends"]`, `entry[1][@uri="sip:bob@example.test"]`. */
export interface SelectorStep {
  /** As the client wrote it, decoded. */
  readonly source: string
  /** Null: any element. */
  readonly name: QualifiedName | null
  /** From 1; null: no such predicate. */
  readonly position: number | null
  readonly attribute: (QualifiedName & { readonly value: string }) | null
}

export type SelectorTerminal =
  | { readonly kind: 'element' }
  /** `written`: with its prefix, as the document is to have it. */
  | ({ readonly kind: 'attribute'; readonly written: string } & QualifiedName)
  | { readonly kind: 'namespaces' }

export interface NodeSelector {
  readonly steps: readonly SelectorStep[]
  readonly terminal: SelectorTerminal
}

/** Bindings of the query's xmlns() (RFC 4825 §6.4), and what a name without prefix means. */
export interface SelectorNamespaces {
  readonly unprefixed: string
  readonly prefixes: ReadonlyMap<string, string>
}

export type ParsedSelector =
  | { readonly ok: true; readonly selector: NodeSelector }
  | { readonly ok: false; readonly message: string }

const ncName = String.raw`[\p{L}_][\p{L}\p{N}\p{M}._·-]*`
const qName = `(?:(${ncName}):)?(${ncName})`
const stepToken = new RegExp(String.raw`(?:\*|${qName})(?:\[(\d+)\])?(?:\[@${qName}=("[^"<]*"|'[^'<]*')\])?`, 'uy')
const attributeToken = new RegExp(`@${qName}$`, 'uy')

class SelectorFault extends Error {}

/** `text`: percent-decoded. Slashes within a predicate's quotes belong to the value. */
export function parseNodeSelector(text: string, namespaces: SelectorNamespaces): ParsedSelector {
  try {
    return { ok: true, selector: new SelectorReader(text, namespaces).read() }
  } catch (error) {
    if (error instanceof SelectorFault) return { ok: false, message: error.message }
    throw error
  }
}

class SelectorReader {
  readonly #text: string
  readonly #namespaces: SelectorNamespaces
  #at = 0

  constructor(text: string, namespaces: SelectorNamespaces) {
    this.#text = text
    this.#namespaces = namespaces
  }

  read(): NodeSelector {
    const steps: SelectorStep[] = []
    for (;;) {
      const terminal = steps.length > 0 ? this.#terminal() : null
      if (terminal) return { steps, terminal }
      steps.push(this.#step())
      if (this.#at === this.#text.length) return { steps, terminal: { kind: 'element' } }
      if (this.#text[this.#at] !== '/') throw this.#fault()
      this.#at++
    }
  }

  #terminal(): SelectorTerminal | null {
    if (this.#text.slice(this.#at) === 'namespace::*') return { kind: 'namespaces' }
    attributeToken.lastIndex = this.#at
    const found = attributeToken.exec(this.#text)
    if (!found) return null
    const [written, prefix, local] = found
    return { kind: 'attribute', written: written.slice(1), ...this.#name(prefix, local!, '') }
  }

  #step(): SelectorStep {
    stepToken.lastIndex = this.#at
    const found = stepToken.exec(this.#text)
    if (!found) throw this.#fault()
    const [whole, prefix, local, position, attributePrefix, attributeLocal, quoted] = found
    this.#at += whole.length
    if (position !== undefined && !(Number(position) >= 1 && Number(position) <= positionMax)) throw this.#fault()
    return {
      source: whole,
      name: local === undefined ? null : this.#name(prefix, local, this.#namespaces.unprefixed),
      position: position === undefined ? null : Number(position),
      attribute:
        attributeLocal === undefined
          ? null
          : { ...this.#name(attributePrefix, attributeLocal, ''), value: decodeText(quoted!.slice(1, -1)) },
    }
  }

  #name(prefix: string | undefined, local: string, unprefixed: string): QualifiedName {
    if (prefix === undefined) return { ns: unprefixed, local }
    const ns = this.#namespaces.prefixes.get(prefix)
    if (ns === undefined) throw new SelectorFault(`no xmlns() in the query binds the prefix ${prefix}`)
    return { ns, local }
  }

  #fault(): SelectorFault {
    return new SelectorFault(`no node selector from here on: ${this.#text.slice(this.#at, this.#at + 40)}`)
  }
}

/** The element that the steps lead to; null where one of them leads to none, or to more than one. */
export function selectElement(root: MarkupElement, steps: readonly SelectorStep[]): MarkupElement | null {
  let found: MarkupElement | null = null
  for (const step of steps) {
    const matching = matchingStep(found ? found.children : [root], step)
    if (matching.length !== 1) return null
    found = matching[0]!
  }
  return found
}

function matchingStep(siblings: readonly MarkupElement[], step: SelectorStep): readonly MarkupElement[] {
  const named = siblings.filter((each) => isNamed(each, step.name))
  const placed = step.position === null ? named : named.slice(step.position - 1, step.position)
  return placed.filter((each) => step.attribute === null || hasAttribute(each, step.attribute))
}

export function isNamed(element: QualifiedName, name: QualifiedName | null): boolean {
  return name === null || (element.ns === name.ns && element.local === name.local)
}

function hasAttribute(element: MarkupElement, wanted: NonNullable<SelectorStep['attribute']>): boolean {
  return element.attributes.some((each) => isNamed(each, wanted) && each.value === wanted.value)
}

export function selectAttribute(element: MarkupElement, name: QualifiedName): MarkupAttribute | null {
  return element.attributes.find((each) => isNamed(each, name)) ?? null
}
