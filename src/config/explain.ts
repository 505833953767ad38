/**
 * valibot's issues in the words of the configuration: what was expected, with bounds and unit, and what was found.
 */
import type * as v from 'valibot'
import type { KeyFacts } from './key.ts'
import type { KeyNode, Path } from './tree.ts'
import { nodeAt } from './tree.ts'

export function explain(issue: v.BaseIssue<unknown>, path: Path): string {
  if (issue.type === 'strict_object' && issue.received === 'undefined') return 'missing'
  const node = nodeAt(path) ?? nodeAt(path.slice(0, -1))
  const isSecret = node !== null && node.type !== 'group' && node.facts.secret
  const found = isSecret ? '' : `, found ${shown(issue.input)}`
  if (issue.kind === 'validation') return `${issue.message}${unitOf(node)}${found}`
  const isListItem = typeof path.at(-1) === 'number'
  return `expected ${isListItem ? 'a text' : expectation(node)}${found}`
}

function unitOf(node: KeyNode | null): string {
  return node !== null && node.type !== 'group' && node.facts.unit !== null ? ` (${node.facts.unit})` : ''
}

function expectation(node: KeyNode | null): string {
  if (node === null || node.type === 'group') return 'a group of keys'
  return expected(node.facts)
}

export function expected(facts: KeyFacts): string {
  switch (facts.kind) {
    case 'whole number':
      return `a whole number from ${facts.min} to ${facts.max} (${facts.unit})`
    case 'choice':
      return `one of ${facts.choices!.join(', ')}`
    case 'switch':
      return 'true or false'
    case 'list':
      return 'a list'
    case 'text':
      return 'a text'
    case 'group':
      return 'a group of keys'
  }
}

function shown(input: unknown): string {
  if (Array.isArray(input)) return 'a list'
  if (typeof input === 'object' && input !== null) return 'a group of keys'
  if (input === null || input === undefined) return 'nothing'
  if (typeof input !== 'string') return String(input)
  return `the text ${JSON.stringify(input.length > 60 ? `${input.slice(0, 60)}…` : input)}`
}
