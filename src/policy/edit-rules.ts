/**
 * Changes what a user's rules say of some watchers, by four rules of our own in the document. Text in, text out: what
 * the user's own programs have written stays as it is, byte for byte.
 */
import { Buffer } from 'node:buffer'
import type { SeeVerdict } from '../ports/policy.ts'
import { type Aor, parseAor } from '../sip/uri/aor.ts'
import { attribute, childrenNamed, encodeText, type MarkupElement, readMarkup } from '../xcap/index.ts'
import { applies, commonPolicy, presRules, readRules, verdictOf } from './rule-set.ts'
import type { RuleChange } from './user-rules.ts'

/** RFC 4745 wants names that begin with a letter. */
const ownIds: Readonly<Record<SeeVerdict, string>> = {
  allow: 'meridian-allow',
  block: 'meridian-block',
  'polite-block': 'meridian-polite-block',
  confirm: 'meridian-confirm',
}
const allOwnIds = Object.values(ownIds)

/** The same bound as XCAP has for what clients put. */
export const rulesBytesMax = 256 * 1024

export type EditedRules =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly message: string }

/** `text`: the document as it is, well-formed. */
export function editRules(text: string, change: RuleChange, atMs: number): EditedRules {
  const without = withoutWatchers(text, change.watchers)
  const edited = change.rule === null ? without : withWatchers(without, change.rule, change.watchers)
  if (Buffer.byteLength(edited) > rulesBytesMax) return { ok: false, message: 'the user has too many rules already' }
  return otherRule(edited, change, atMs) ?? { ok: true, text: edited }
}

export const emptyRuleSet = `<?xml version="1.0" encoding="UTF-8"?>\n<ruleset xmlns="${commonPolicy}">\n</ruleset>\n`

interface Cut {
  readonly start: number
  readonly end: number
}

/** Without these watchers in rules of ours, and without rules of ours that mean nobody any more. */
function withoutWatchers(text: string, watchers: readonly Aor[]): string {
  const cuts = ownRules(readMarkup(text)).flatMap((rule): Cut[] => {
    const identities = identitiesOf(rule)
    const ones = identities.flatMap((identity) => childrenNamed(identity, commonPolicy, 'one'))
    const gone = ones.filter((one) => watchers.includes(parseAor(attribute(one, 'id') ?? '') as Aor))
    const count = identities.reduce((sum, { children }) => sum + children.length, 0)
    return gone.length > 0 && gone.length === count ? [rule] : gone
  })
  return cuts.toReversed().reduce((left, cut) => left.slice(0, lineStart(left, cut.start)) + left.slice(cut.end), text)
}

/** Blanks in front of what is cut go with it, and with them its line. */
function lineStart(text: string, start: number): number {
  return start - (/\s*$/.exec(text.slice(0, start))?.[0].length ?? 0)
}

function withWatchers(text: string, verdict: SeeVerdict, watchers: readonly Aor[]): string {
  const root = readMarkup(text)
  const rule = ownRules(root).find((each) => attribute(each, 'id')?.trim() === ownIds[verdict])
  const [identity] = rule ? identitiesOf(rule) : []
  if (identity && identity.end > identity.tagEnd) {
    return insert(text, identity.contentEnd, `${onesText(watchers)}\n    `)
  }
  // One of ours that means nobody in particular any more says nothing that is worth keeping.
  const cleared = rule ? text.slice(0, lineStart(text, rule.start)) + text.slice(rule.end) : text
  return insertRule(cleared, `\n  ${ruleText(verdict, watchers)}\n`)
}

function insertRule(text: string, rule: string): string {
  const root = readMarkup(text)
  const at = lineStart(text, root.contentEnd)
  if (root.end > root.tagEnd) return text.slice(0, at) + rule + text.slice(root.contentEnd)
  // `<ruleset/>` has no place for rules.
  const open = text.slice(root.start, root.end).replace(/\s*\/>$/, '>')
  return `${text.slice(0, root.start)}${open}${rule}</${root.name}>${text.slice(root.end)}`
}

function insert(text: string, at: number, piece: string): string {
  const start = lineStart(text, at)
  return text.slice(0, start) + piece + text.slice(at)
}

function onesText(watchers: readonly Aor[]): string {
  return watchers.map((aor) => `\n      <one xmlns="${commonPolicy}" id="${encodeText(aor)}"/>`).join('')
}

/** With namespaces of its own: the document may use any prefixes. Who is allowed sees everything (RFC 5025 §3.3). */
function ruleText(verdict: SeeVerdict, watchers: readonly Aor[]): string {
  const parts = ['devices', 'persons', 'services'].map((part) => {
    return `<provide-${part} xmlns="${presRules}"><all-${part}/></provide-${part}>`
  })
  const provided = [...parts, `<provide-all-attributes xmlns="${presRules}"/>`]
    .map((line) => `\n      ${line}`)
    .join('')
  const transformations = verdict === 'allow' ? `\n    <transformations>${provided}\n    </transformations>` : ''
  return (
    `<rule xmlns="${commonPolicy}" id="${ownIds[verdict]}">\n` +
    `    <conditions><identity>${onesText(watchers)}\n    </identity></conditions>\n` +
    `    <actions><sub-handling xmlns="${presRules}">${verdict}</sub-handling></actions>${transformations}\n` +
    '  </rule>'
  )
}

function ownRules(root: MarkupElement): readonly MarkupElement[] {
  return childrenNamed(root, commonPolicy, 'rule').filter((rule) =>
    allOwnIds.includes(attribute(rule, 'id')?.trim() ?? ''),
  )
}

function identitiesOf(rule: MarkupElement): readonly MarkupElement[] {
  return childrenNamed(rule, commonPolicy, 'conditions').flatMap((conditions) =>
    childrenNamed(conditions, commonPolicy, 'identity'),
  )
}

/** Rules add up: one that the user's programs have made may let through whom we were to stop. Then nothing is done. */
function otherRule(edited: string, { rule, watchers }: RuleChange, atMs: number): EditedRules | null {
  if (rule === null) return null
  const rules = readRules(readMarkup(edited)) ?? []
  for (const aor of watchers) {
    const party = { aor, aliases: [], groups: [] }
    if (verdictOf(rules, party, atMs) === rule) continue
    const other = rules.find((each) => !allOwnIds.includes(each.id) && applies(each, party, atMs))
    const id = other?.id ?? ownIds[rule]
    return { ok: false, message: `the user's own rule "${id}" says otherwise of ${aor}; it must go first` }
  }
  return null
}
