/**
 * Changes a tree by patch operations: add, replace, remove (RFC 5261 §4). All of them or none: a tree is never changed
 * in place. What the result has to be like is its reader's check.
 */
import { attributeOf, childrenOf, isElement, type XmlElement, type XmlNode, xmlnsNamespace } from '../xml/index.ts'
import {
  Effort,
  type Located,
  type NodePath,
  nodeAt,
  type Prefixes,
  type SelectorFault,
  select,
} from './patch-selector.ts'

/** The names of RFC 5261 §5.1, and a bound of ours. */
export type PatchFault =
  | SelectorFault
  | 'invalid-diff-format'
  | 'invalid-patch-directive'
  | 'invalid-node-types'
  | 'invalid-root-element-operation'
  | 'invalid-whitespace-directive'
  | 'too-many-operations'

export type Patched =
  | { readonly ok: true; readonly root: XmlElement }
  | { readonly ok: false; readonly fault: PatchFault }

/** Each looks at the whole document, so their number is bounded: a document of PIDF has a few dozen elements. */
export const operationsMax = 500
/** Nodes that all operations of a patch may look at and copy: a tenth of a second. */
export const effortMax = 1_000_000

class PatchRefusal extends Error {
  readonly fault: PatchFault

  constructor(fault: PatchFault) {
    super(fault)
    this.fault = fault
  }
}

/** `patch`: the element around the operations, which are of its own namespace. */
export function applyPatch(root: XmlElement, patch: XmlElement): Patched {
  const operations = childrenOf(patch)
  if (operations.length > operationsMax) return { ok: false, fault: 'too-many-operations' }
  const around: Around = { ns: patch.ns, prefixes: declaredIn(patch, new Map()), effort: new Effort(effortMax) }
  try {
    return { ok: true, root: operations.reduce((tree, each) => applyOne(tree, each, around), root) }
  } catch (error) {
    if (error instanceof PatchRefusal) return { ok: false, fault: error.fault }
    throw error
  }
}

function declaredIn({ attributes }: XmlElement, outer: Prefixes): Prefixes {
  const prefixes = new Map(outer)
  for (const { ns, prefix, local, value } of attributes) {
    if (ns === xmlnsNamespace) prefixes.set(prefix === '' ? '' : local, value)
  }
  return prefixes
}

/** What counts for all operations of a patch. */
interface Around {
  readonly ns: string
  readonly prefixes: Prefixes
  readonly effort: Effort
}

function applyOne(root: XmlElement, operation: XmlElement, around: Around): XmlElement {
  if (operation.ns !== around.ns) throw new PatchRefusal('invalid-patch-directive')
  const prefixes = declaredIn(operation, around.prefixes)
  const selector = attributeOf(operation, 'sel')
  if (selector === null) throw new PatchRefusal('invalid-diff-format')
  const selection = select(root, selector, prefixes, around.effort)
  if (!selection.ok) throw new PatchRefusal(selection.fault)
  const { located } = selection
  if (operation.local === 'add') return add(root, located, operation, prefixes)
  if (operation.local === 'replace') return replace(root, located, operation)
  if (operation.local === 'remove') return remove(root, located, operation)
  throw new PatchRefusal('invalid-patch-directive')
}

/** §4.3. Without `pos` and `type` what it holds becomes the last children. */
function add(root: XmlElement, located: Located, operation: XmlElement, prefixes: Prefixes): XmlElement {
  const target = located.kind === 'node' ? nodeAt(root, located.path) : null
  if (!target) throw new PatchRefusal('invalid-node-types')
  const type = attributeOf(operation, 'type')
  if (type !== null) {
    if (target.kind !== 'element') throw new PatchRefusal('invalid-node-types')
    return changeAt(root, located.path, () => [withAttribute(target, type, rawTextOf(operation), prefixes)])
  }
  const pos = attributeOf(operation, 'pos')
  const added = operation.children
  if (pos === 'before' || pos === 'after') {
    if (located.path.length === 0) throw new PatchRefusal('invalid-root-element-operation')
    return changeAt(root, located.path, (node) => (pos === 'before' ? [...added, node] : [node, ...added]))
  }
  if (pos !== null && pos !== 'prepend') throw new PatchRefusal('invalid-attribute-value')
  if (target.kind !== 'element') throw new PatchRefusal('invalid-node-types')
  const children = pos === 'prepend' ? [...added, ...target.children] : [...target.children, ...added]
  return changeAt(root, located.path, () => [{ ...target, children: joinTexts(children) }])
}

/** `type`: `@name`. Namespace declarations are no business of a tree that has resolved them. */
function withAttribute(element: XmlElement, type: string, value: string, prefixes: Prefixes): XmlElement {
  const [, prefix = '', local] = /^@(?:([^\s:]+):)?([^\s:]+)$/.exec(type) ?? []
  if (local === undefined) throw new PatchRefusal('invalid-attribute-value')
  const ns = prefix === '' ? '' : prefixes.get(prefix)
  if (ns === undefined) throw new PatchRefusal('invalid-namespace-prefix')
  if (attributeOf(element, local, ns) !== null) throw new PatchRefusal('invalid-patch-directive')
  return { ...element, attributes: [...element.attributes, { ns, local, prefix, value }] }
}

/** §4.4. */
function replace(root: XmlElement, located: Located, operation: XmlElement): XmlElement {
  if (located.kind === 'attribute') {
    const value = rawTextOf(operation)
    return changeAttribute(root, located, (each) => [{ ...each, value }])
  }
  const target = nodeAt(root, located.path)
  if (target.kind === 'text') {
    const text = rawTextOf(operation)
    return changeAt(root, located.path, () => (text === '' ? [] : [{ kind: 'text', text }]))
  }
  // Of blanks around the one element that takes the place nothing is kept.
  const content = operation.children.filter((each) => each.kind !== 'text' || each.text.trim() !== '')
  const [other] = content
  if (content.length !== 1 || other!.kind !== target.kind) throw new PatchRefusal('invalid-node-types')
  return changeAt(root, located.path, () => [other!])
}

/** §4.5. `ws`: blanks beside the node go with it. */
function remove(root: XmlElement, located: Located, operation: XmlElement): XmlElement {
  const blanks = attributeOf(operation, 'ws')
  if (blanks !== null && !['before', 'after', 'both'].includes(blanks))
    throw new PatchRefusal('invalid-attribute-value')
  if (located.kind === 'attribute') {
    if (blanks !== null) throw new PatchRefusal('invalid-whitespace-directive')
    return changeAttribute(root, located, () => [])
  }
  const { path } = located
  const index = path.at(-1)
  if (index === undefined) throw new PatchRefusal('invalid-root-element-operation')
  return changeAt(root, path.slice(0, -1), (parent) => {
    const { children } = parent as XmlElement
    const before = blanks === 'before' || blanks === 'both' ? 1 : 0
    const after = blanks === 'after' || blanks === 'both' ? 1 : 0
    if ((before && !isBlank(children[index - 1])) || (after && !isBlank(children[index + 1]))) {
      throw new PatchRefusal('invalid-whitespace-directive')
    }
    const left = [...children.slice(0, index - before), ...children.slice(index + 1 + after)]
    return [{ ...(parent as XmlElement), children: joinTexts(left) }]
  })
}

function isBlank(node: XmlNode | undefined): boolean {
  return node?.kind === 'text' && node.text.trim() === ''
}

/** All text of an operation that carries a value. */
function rawTextOf(operation: XmlElement): string {
  if (operation.children.some(isElement)) throw new PatchRefusal('invalid-node-types')
  return operation.children.map((each) => (each.kind === 'text' ? each.text : '')).join('')
}

/** The tree with another node, or several, in a place; the root has to stay one element. */
function changeAt(root: XmlElement, path: NodePath, change: (node: XmlNode) => readonly XmlNode[]): XmlElement {
  const [index, ...rest] = path
  if (index === undefined) return change(root)[0] as XmlElement
  const children = root.children.flatMap((child, at): readonly XmlNode[] => {
    if (at !== index) return [child]
    return rest.length === 0 ? change(child) : [changeAt(child as XmlElement, rest, change)]
  })
  return { ...root, children: joinTexts(children) }
}

type Attributes = XmlElement['attributes']

function changeAttribute(
  root: XmlElement,
  { path, ns, local }: Extract<Located, { kind: 'attribute' }>,
  change: (attribute: Attributes[number]) => Attributes,
): XmlElement {
  return changeAt(root, path, (node) => {
    const element = node as XmlElement
    const attributes = element.attributes.flatMap((each) => {
      return each.ns === ns && each.local === local ? change(each) : [each]
    })
    return [{ ...element, attributes }]
  })
}

/** No two texts stand next to each other in a tree. */
function joinTexts(children: readonly XmlNode[]): readonly XmlNode[] {
  const joined: XmlNode[] = []
  for (const child of children) {
    const last = joined.at(-1)
    if (child.kind === 'text' && last?.kind === 'text')
      joined[joined.length - 1] = { kind: 'text', text: last.text + child.text }
    else joined.push(child)
  }
  return joined
}
