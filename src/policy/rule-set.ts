/**
 * A user's rules as RFC 5025 (on RFC 4745) writes them: from the document to conditions and verdicts, and what they say
 * of somebody. What may be seen beyond yes and no (transformations) is not decided here.
 */
import { parseDateTime } from '../documents/index.ts'
import type { PolicyParty, SeeVerdict } from '../ports/policy.ts'
import { aorDomain, parseAor } from '../sip/uri/aor.ts'
import { attribute, childrenNamed, type MarkupElement } from '../xcap/index.ts'

export const commonPolicy = 'urn:ietf:params:xml:ns:common-policy'
export const presRules = 'urn:ietf:params:xml:ns:pres-rules'

/** Whom an identity condition means (RFC 4745 §7.1): one, or many but some. */
export type Identity =
  | { readonly kind: 'one'; readonly id: string }
  | { readonly kind: 'many'; readonly domain: string | null; readonly except: readonly Exception[] }

export interface Exception {
  readonly id: string | null
  readonly domain: string | null
}

export interface Rule {
  readonly id: string
  /** Null: everybody. */
  readonly identities: readonly Identity[] | null
  /** Intervals of the system's clock, in milliseconds; null: always. */
  readonly validity: readonly { readonly fromMs: number; readonly untilMs: number }[] | null
  /** A sphere is something that nobody tells us, so a rule that asks for one never applies (RFC 4745 §7.2). */
  readonly asksForSphere: boolean
  readonly verdict: SeeVerdict
}

/** Permissions of all rules that apply are added up, so the mildest holds (RFC 4745 §10, RFC 5025 §3.2.1). */
const mildness: readonly SeeVerdict[] = ['block', 'confirm', 'polite-block', 'allow']

/** What the rules say of somebody, by any of their names; null where no rule speaks of them. */
export function verdictOf(rules: readonly Rule[], party: PolicyParty, atMs: number): SeeVerdict | null {
  let found: SeeVerdict | null = null
  for (const rule of rules) {
    const isMilder = found === null || mildness.indexOf(rule.verdict) > mildness.indexOf(found)
    if (isMilder && applies(rule, party, atMs)) found = rule.verdict
  }
  return found
}

export function applies({ identities, validity, asksForSphere }: Rule, party: PolicyParty, atMs: number): boolean {
  if (asksForSphere) return false
  if (validity && !validity.some(({ fromMs, untilMs }) => fromMs <= atMs && atMs < untilMs)) return false
  return identities === null || identities.some((identity) => means(identity, party))
}

function means(identity: Identity, party: PolicyParty): boolean {
  if (identity.kind === 'one') return isNameOf(identity.id, party)
  if (identity.domain !== null && !isDomainOf(identity.domain, party)) return false
  return !identity.except.some(({ id, domain }) => {
    return (id !== null && isNameOf(id, party)) || (domain !== null && isDomainOf(domain, party))
  })
}

function isNameOf(id: string, { aor, aliases }: PolicyParty): boolean {
  const meant = parseAor(id.trim())
  return meant !== null && (meant === aor || aliases.includes(meant))
}

function isDomainOf(domain: string, { aor, aliases }: PolicyParty): boolean {
  const meant = domain.trim().toLowerCase()
  return [aor, ...aliases].some((name) => aorDomain(name) === meant)
}

/** Rules without a verdict say nothing about seeing, and are left out. Null: this is no rule set. */
export function readRules(root: MarkupElement): readonly Rule[] | null {
  if (root.ns !== commonPolicy || root.local !== 'ruleset') return null
  return childrenNamed(root, commonPolicy, 'rule').flatMap((rule) => readRule(rule) ?? [])
}

function readRule(element: MarkupElement): Rule | null {
  const [actions] = childrenNamed(element, commonPolicy, 'actions')
  const [handling] = actions ? childrenNamed(actions, presRules, 'sub-handling') : []
  const verdict = mildness.find((each) => each === handling?.text.trim())
  if (verdict === undefined) return null
  const [conditions] = childrenNamed(element, commonPolicy, 'conditions')
  const of = (local: string) => (conditions ? childrenNamed(conditions, commonPolicy, local) : [])
  const identities = of('identity')
  const validity = of('validity')
  return {
    id: attribute(element, 'id')?.trim() ?? '',
    identities: identities.length === 0 ? null : identities.flatMap(readIdentities),
    validity: validity.length === 0 ? null : validity.flatMap(readIntervals),
    asksForSphere: of('sphere').length > 0,
    verdict,
  }
}

function readIdentities(element: MarkupElement): readonly Identity[] {
  const ones = childrenNamed(element, commonPolicy, 'one').map((one): Identity => {
    return { kind: 'one', id: attribute(one, 'id') ?? '' }
  })
  const many = childrenNamed(element, commonPolicy, 'many').map((each): Identity => {
    const except = childrenNamed(each, commonPolicy, 'except').map((exception) => {
      return { id: attribute(exception, 'id'), domain: attribute(exception, 'domain') }
    })
    return { kind: 'many', domain: attribute(each, 'domain'), except }
  })
  return [...ones, ...many]
}

/** `from` and `until` come in pairs (RFC 4745 §7.3). One that nobody can read holds at no time. */
function readIntervals(element: MarkupElement): Rule['validity'] & object {
  const from = childrenNamed(element, commonPolicy, 'from')
  const until = childrenNamed(element, commonPolicy, 'until')
  return from.map((begin, index) => {
    return { fromMs: readTime(begin), untilMs: readTime(until[index]) }
  })
}

/** No number where it cannot be read: before and after that is nothing. XCAP takes no such document any more. */
function readTime(element: MarkupElement | undefined): number {
  return parseDateTime(element?.text ?? '') ?? Number.NaN
}
