/**
 * Where a patch applies: the selectors of XML patch operations (RFC 5261 §4.1), a small part of XPath. A selector
 * finds exactly one node, or none at all.
 */
import { attributeOf, textOf, type XmlElement, type XmlNode, xmlNamespace } from '../xml/index.ts'

/** Indexes of children from the root element on; empty: the root itself. */
export type NodePath = readonly number[]

export type Located =
  | { readonly kind: 'node'; readonly path: NodePath }
  | { readonly kind: 'attribute'; readonly path: NodePath; readonly ns: string; readonly local: string }

export type SelectorFault =
  | 'unlocated-node'
  | 'invalid-attribute-value'
  | 'invalid-namespace-prefix'
  | 'unsupported-id-function'
  /** A bound of ours. */
  | 'too-much-effort'

export type Selection =
  | { readonly ok: true; readonly located: Located }
  | { readonly ok: false; readonly fault: SelectorFault }

/** Prefix → namespace, as it is declared where the selector stands; the default counts for names without prefix. */
export type Prefixes = ReadonlyMap<string, string>

interface QualifiedName {
  readonly ns: string
  readonly local: string
}

/** `*`, a name, or what is no element, and the predicates behind it. */
interface Step {
  readonly test: QualifiedName | '*' | 'text' | 'comment'
  readonly predicates: readonly Predicate[]
}

type Predicate =
  | { readonly kind: 'position'; readonly position: number }
  | { readonly kind: 'attribute' | 'child'; readonly name: QualifiedName; readonly value: string }
  | { readonly kind: 'self'; readonly value: string }

class SelectorRefusal extends Error {
  readonly fault: SelectorFault

  constructor(fault: SelectorFault) {
    super(fault)
    this.fault = fault
  }
}

/** Longer than any that is meant well; what follows takes time that grows with its square. */
const selectorCharsMax = 1_024

/** Nodes that may still be looked at: what the selectors of one patch cost together, as none of them is dear alone. */
export class Effort {
  #left: number

  constructor(nodesCount: number) {
    this.#left = nodesCount
  }

  spend(nodesCount: number): void {
    this.#left -= nodesCount
    if (this.#left < 0) throw new SelectorRefusal('too-much-effort')
  }
}

export function select(root: XmlElement, selector: string, prefixes: Prefixes, effort: Effort): Selection {
  try {
    return { ok: true, located: locate(root, selector.trim(), prefixes, effort) }
  } catch (error) {
    if (error instanceof SelectorRefusal) return { ok: false, fault: error.fault }
    throw error
  }
}

function locate(root: XmlElement, selector: string, prefixes: Prefixes, effort: Effort): Located {
  if (selector.length > selectorCharsMax) throw new SelectorRefusal('invalid-attribute-value')
  if (/^\/?id\(/.test(selector)) throw new SelectorRefusal('unsupported-id-function')
  const steps = splitSteps(selector.replace(/^\//, ''))
  const last = steps.at(-1)!
  const attribute = last.startsWith('@') ? qualifiedName(last.slice(1), prefixes, '') : null
  const walked = (attribute ? steps.slice(0, -1) : steps).map((step) => parseStep(step, prefixes))
  const path = walk(root, walked, effort)
  spendChange(root, path, effort)
  if (!attribute) return { kind: 'node', path }
  const { ns, local } = attribute
  const element = nodeAt(root, path)
  if (element.kind !== 'element' || attributeOf(element, local, ns) === null)
    throw new SelectorRefusal('unlocated-node')
  return { kind: 'attribute', path, ns, local }
}

export function nodeAt(root: XmlElement, path: NodePath): XmlNode {
  return path.reduce<XmlNode>((node, index) => (node as XmlElement).children[index]!, root)
}

/** At slashes that stand neither in quotes nor in brackets. */
function splitSteps(selector: string): readonly string[] {
  const steps = selector.match(/(?:\[(?:'[^']*'|"[^"]*"|[^\]'"])*\]|[^/[])+/g) ?? []
  if (steps.join('/') !== selector || steps.length === 0) throw new SelectorRefusal('invalid-attribute-value')
  return steps
}

const stepForm = /^(\*|text\(\)|comment\(\)|[^\s[\]()@'"=]+)((?:\[(?:'[^']*'|"[^"]*"|[^\]'"])*\])*)$/

function parseStep(step: string, prefixes: Prefixes): Step {
  const [, test, predicates = ''] = stepForm.exec(step.trim()) ?? []
  if (test === undefined) throw new SelectorRefusal('invalid-attribute-value')
  return {
    test: test === '*' ? '*' : test.endsWith('()') ? (test.slice(0, -2) as 'text' | 'comment') : named(test, prefixes),
    predicates: (predicates.match(/\[(?:'[^']*'|"[^"]*"|[^\]'"])*\]/g) ?? []).map((each) => {
      return parsePredicate(each.slice(1, -1).trim(), prefixes)
    }),
  }
}

function named(name: string, prefixes: Prefixes): QualifiedName {
  return qualifiedName(name, prefixes, prefixes.get('') ?? '')
}

function qualifiedName(name: string, prefixes: Prefixes, unprefixed: string): QualifiedName {
  const [first = '', local, more] = name.trim().split(':')
  if (more !== undefined || first === '' || local === '') throw new SelectorRefusal('invalid-attribute-value')
  if (local === undefined) return { ns: unprefixed, local: first }
  const ns = first === 'xml' ? xmlNamespace : prefixes.get(first)
  if (ns === undefined) throw new SelectorRefusal('invalid-namespace-prefix')
  return { ns, local }
}

function parsePredicate(text: string, prefixes: Prefixes): Predicate {
  if (/^\d{1,6}$/.test(text)) return { kind: 'position', position: Number(text) }
  const [, at, name, single, double] = /^(@?)([^\s=@'"]+)\s*=\s*(?:'([^']*)'|"([^"]*)")$/.exec(text) ?? []
  const value = single ?? double
  if (name === undefined || value === undefined) throw new SelectorRefusal('invalid-attribute-value')
  if (at === '@') return { kind: 'attribute', name: qualifiedName(name, prefixes, ''), value }
  return name === '.' ? { kind: 'self', value } : { kind: 'child', name: named(name, prefixes), value }
}

/** A change copies the children of all elements on the way. */
function spendChange(root: XmlElement, path: NodePath, effort: Effort): void {
  let node: XmlNode | undefined = root
  for (const index of path) {
    if (node?.kind !== 'element') return
    effort.spend(node.children.length)
    node = node.children[index]
  }
  if (node?.kind === 'element') effort.spend(node.children.length)
}

function walk(root: XmlElement, steps: readonly Step[], effort: Effort): NodePath {
  let found: readonly number[][] = only([root], steps[0], effort).map(() => [])
  for (const step of steps.slice(1)) {
    found = found.flatMap((path) => {
      const parent = nodeAt(root, path)
      return parent.kind === 'element' ? only(parent.children, step, effort).map((index) => [...path, index]) : []
    })
  }
  if (found.length !== 1) throw new SelectorRefusal('unlocated-node')
  return found[0]!
}

/** Indexes of the nodes that a step means. A position counts what the predicates before it have left. */
function only(nodes: readonly XmlNode[], step: Step | undefined, effort: Effort): readonly number[] {
  effort.spend(nodes.length)
  if (!step) return [...nodes.keys()]
  let left = [...nodes.keys()].filter((index) => isMeant(nodes[index]!, step.test))
  for (const predicate of step.predicates) {
    if (predicate.kind === 'position') left = left.slice(predicate.position - 1, predicate.position)
    else left = left.filter((index) => holds(nodes[index]!, predicate, effort))
  }
  return left
}

function isMeant(node: XmlNode, test: Step['test']): boolean {
  if (test === 'text' || test === 'comment') return node.kind === test
  return node.kind === 'element' && (test === '*' || (node.ns === test.ns && node.local === test.local))
}

function holds(node: XmlNode, predicate: Exclude<Predicate, { kind: 'position' }>, effort: Effort): boolean {
  effort.spend(1)
  if (node.kind !== 'element') return predicate.kind === 'self' && node.text === predicate.value
  if (predicate.kind === 'self') return stringOf(node, effort) === predicate.value
  const { ns, local } = predicate.name
  if (predicate.kind === 'attribute') return attributeOf(node, local, ns) === predicate.value
  effort.spend(node.children.length)
  return node.children.some((child) => isMeant(child, { ns, local }) && stringOf(child, effort) === predicate.value)
}

function stringOf(node: XmlNode, effort: Effort): string {
  if (node.kind !== 'element') return node.kind === 'text' ? node.text : ''
  effort.spend(node.children.length)
  return node.children.some(({ kind }) => kind === 'element')
    ? node.children.map((child) => stringOf(child, effort)).join('')
    : textOf(node)
}
