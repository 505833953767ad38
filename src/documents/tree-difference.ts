/**
 * What has changed between two presence trees, as patch operations (RFC 5261): removes, replaces as deep as the change
 * goes, and adds. Blanks and comments between elements count for nothing.
 */
import { attributeOf, isElement, writeElement, type XmlElement, type XmlNode, xmlnsNamespace } from '../xml/index.ts'
import { dataModelNamespace, pidfDiffNamespace, pidfNamespace, rpidNamespace } from './namespaces.ts'

/** What the patch declares, and may use in selectors. Elements of other namespaces are counted instead of named. */
const prefixes: ReadonlyMap<string, string> = new Map([
  [pidfNamespace, ''],
  [dataModelNamespace, 'dm:'],
  [rpidNamespace, 'rpid:'],
])

/** Each is compared with each, so their number is bounded; whoever has more is sent whole. */
const siblingsMax = 200

/** The element around the operations. Null: what stayed is in another order, which no patch says, or it is too much. */
export function patchBetween(before: XmlElement, after: XmlElement): XmlElement | null {
  const operations: XmlElement[] = []
  const path = before.ns === pidfNamespace ? before.local : '*'
  if (!sameTag(before, after) || !diffChildren(before, after, path, operations)) return null
  const declared = [...prefixes].map(([ns, prefix]) => declaration(prefix.slice(0, -1), ns))
  const attributes = [...declared, declaration('p', pidfDiffNamespace)]
  return { kind: 'element', ns: pidfDiffNamespace, local: 'pidf-diff', prefix: 'p', attributes, children: operations }
}

function declaration(prefix: string, ns: string): XmlElement['attributes'][number] {
  return prefix === ''
    ? { ns: xmlnsNamespace, local: 'xmlns', prefix: '', value: ns }
    : { ns: xmlnsNamespace, local: prefix, prefix: 'xmlns', value: ns }
}

function operation(
  local: string,
  attributes: Readonly<Record<string, string>>,
  children: readonly XmlNode[],
): XmlElement {
  const list = Object.entries(attributes).map(([name, value]) => ({ ns: '', local: name, prefix: '', value }))
  return { kind: 'element', ns: pidfDiffNamespace, local, prefix: 'p', attributes: list, children }
}

/** Adds to `operations` what makes the children of `before` those of `after`. False: it cannot be said. */
function diffChildren(before: XmlElement, after: XmlElement, path: string, operations: XmlElement[]): boolean {
  const [old, fresh] = [before.children.filter(isElement), after.children.filter(isElement)]
  if (old.length + fresh.length > siblingsMax) return false
  const partner = partnersOf(old, fresh)
  const kept = old.filter((each) => partner.has(each))
  const inOrder = kept.every((each, at) => at === 0 || indexOf(each) > indexOf(kept[at - 1]!))
  if (!inOrder) return false
  // From the back, so that the places of those before stay what they were.
  for (const [index, each] of [...old.entries()].reverse()) {
    if (!partner.has(each)) operations.push(operation('remove', { sel: `${path}/${stepTo(old, index)}` }, []))
  }
  for (const [index, each] of kept.entries()) {
    diffElement(each, partner.get(each)!, `${path}/${stepTo(kept, index)}`, operations)
  }
  addMissing(
    kept.map((each) => partner.get(each)!),
    fresh,
    path,
    operations,
  )
  return true

  function indexOf(each: XmlElement): number {
    return fresh.indexOf(partner.get(each)!)
  }
}

/** Of old elements those that are still there: by id, by what they say, or as the only one of that name. */
function partnersOf(old: readonly XmlElement[], fresh: readonly XmlElement[]): Map<XmlElement, XmlElement> {
  const partners = new Map<XmlElement, XmlElement>()
  const nameBySaying = (element: XmlElement) => writeElement(element)
  for (const nameOf of [nameById, nameBySaying, nameIfOnly]) {
    const free = fresh.filter((each) => ![...partners.values()].includes(each))
    for (const each of old.filter((element) => !partners.has(element))) {
      const name = nameOf(each, old)
      const index = name === null ? -1 : free.findIndex((other) => nameOf(other, fresh) === name)
      if (index >= 0) partners.set(each, ...(free.splice(index, 1) as [XmlElement]))
    }
  }
  return partners

  function nameById(element: XmlElement): string | null {
    const id = attributeOf(element, 'id')
    return id === null ? null : `${element.ns} ${element.local} ${id}`
  }
  function nameIfOnly(element: XmlElement, among: readonly XmlElement[]): string | null {
    const isOnly = attributeOf(element, 'id') === null && among.filter((each) => sameName(each, element)).length === 1
    return isOnly ? `${element.ns} ${element.local}` : null
  }
}

/** In the order of `fresh`, each before the next one that is there already, or at the end. */
function addMissing(
  there: readonly XmlElement[],
  fresh: readonly XmlElement[],
  path: string,
  operations: XmlElement[],
): void {
  const now = [...there]
  for (const [index, each] of fresh.entries()) {
    if (now[index] === each) continue
    if (index === now.length) operations.push(operation('add', { sel: path }, [each]))
    else operations.push(operation('add', { sel: `${path}/${stepTo(now, index)}`, pos: 'before' }, [each]))
    now.splice(index, 0, each)
  }
}

/** As deep as both look alike, so that a word that changes costs a word. */
function diffElement(before: XmlElement, after: XmlElement, path: string, operations: XmlElement[]): void {
  if (writeElement(trimmed(before)) === writeElement(trimmed(after))) return
  const [textBefore, textAfter] = [onlyText(before), onlyText(after)]
  if (sameTag(before, after)) {
    if (textBefore !== null && textAfter !== null) {
      operations.push(operation('replace', { sel: `${path}/text()` }, [{ kind: 'text', text: textAfter }]))
      return
    }
    const isElements = !hasWords(before) && !hasWords(after) && before.children.some(isElement)
    const inner: XmlElement[] = []
    if (isElements && after.children.some(isElement) && diffChildren(before, after, path, inner)) {
      operations.push(...inner)
      return
    }
  }
  operations.push(operation('replace', { sel: path }, [after]))
}

/** Without what stands between elements and says nothing. */
function trimmed(element: XmlElement): XmlElement {
  const hasElements = element.children.some(isElement)
  const children = element.children.flatMap((child): readonly XmlNode[] => {
    if (child.kind === 'element') return [trimmed(child)]
    return child.kind === 'text' && !(hasElements && child.text.trim() === '') ? [child] : []
  })
  return { ...element, children }
}

function onlyText({ children }: XmlElement): string | null {
  const [child, ...others] = children
  return child?.kind === 'text' && others.length === 0 ? child.text : null
}

function hasWords({ children }: XmlElement): boolean {
  return children.some((child) => child.kind === 'text' && child.text.trim() !== '')
}

function sameName(a: XmlElement, b: XmlElement): boolean {
  return a.ns === b.ns && a.local === b.local
}

/** Name and attributes; what a prefix is called does not matter. */
function sameTag(a: XmlElement, b: XmlElement): boolean {
  const attributesOf = ({ attributes }: XmlElement) =>
    attributes
      .filter(({ ns }) => ns !== xmlnsNamespace)
      .map(({ ns, local, value }) => JSON.stringify([ns, local, value]))
      .sort()
      .join()
  return sameName(a, b) && attributesOf(a) === attributesOf(b)
}

/** A step that finds this one of `siblings` and no other. */
function stepTo(siblings: readonly XmlElement[], index: number): string {
  const element = siblings[index]!
  const prefix = prefixes.get(element.ns)
  const isMeant = (each: XmlElement) => prefix === undefined || sameName(each, element)
  const name = prefix === undefined ? '*' : `${prefix}${element.local}`
  const meant = siblings.filter(isMeant)
  if (meant.length === 1) return name
  const id = attributeOf(element, 'id')
  const isUnique =
    id !== null && !/['"]/.test(id) && meant.filter((each) => attributeOf(each, 'id') === id).length === 1
  return isUnique ? `${name}[@id='${id}']` : `${name}[${meant.indexOf(element) + 1}]`
}
