/**
 * Values that may stand only once among siblings, and where they stand.
 */
import type { Conflict } from '../conflict.ts'
import type { MarkupElement } from '../markup.ts'

export interface UniqueRule {
  /** Attribute without prefix; elements without it are not compared. */
  readonly attribute: string
  /** Two values are the same when this is. */
  readonly sameAs: (value: string) => string
  /** Whether a free value may be made up; of URIs nobody can say what would do. */
  readonly offersAlternative: boolean
}

/** The first value that comes twice; null: all are different. */
export function checkUnique(siblings: readonly MarkupElement[], rule: UniqueRule): Conflict | null {
  const seen = new Set<string>()
  for (const element of siblings) {
    const found = element.attributes.find(({ ns, local }) => ns === '' && local === rule.attribute)
    if (!found) continue
    const value = rule.sameAs(found.value)
    if (!seen.has(value)) {
      seen.add(value)
      continue
    }
    const taken = new Set(siblings.map((each) => comparable(each, rule)))
    const alternatives = rule.offersAlternative
      ? [freeValue(found.value, (other) => taken.has(rule.sameAs(other)))]
      : []
    const field = `${pathOf(element)}/@${rule.attribute}`
    const phrase = `${rule.attribute}="${found.value}" stands there already`
    return { kind: 'uniqueness-failure', phrase, taken: [{ field, alternatives }] }
  }
  return null
}

function comparable(element: MarkupElement, { attribute, sameAs }: UniqueRule): string | null {
  const found = element.attributes.find(({ ns, local }) => ns === '' && local === attribute)
  return found ? sameAs(found.value) : null
}

function freeValue(value: string, isTaken: (value: string) => boolean): string {
  let count = 2
  while (isTaken(`${value}-${count}`)) count++
  return `${value}-${count}`
}

/** A node selector that leads to this element, by positions. */
export function pathOf(element: MarkupElement): string {
  if (!element.parent) return `/${element.name}`
  const { ns, local, parent } = element
  const namesakes = parent.children.filter((each) => each.ns === ns && each.local === local)
  return `${pathOf(parent)}/${element.name}[${namesakes.indexOf(element) + 1}]`
}
