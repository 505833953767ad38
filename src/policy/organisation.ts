/**
 * The organisation's policy as an administrator changes it: the record before and an act give the record after, or why
 * not. Pure; that every shard hears of it is the business of `policy-service.ts`.
 */
import type { OrganisationSummary, PolicyRequest } from '../ports/admin.ts'
import type { GroupRule, OrganisationPolicy, PolicyDefault } from '../ports/records/policy.ts'
import type { Organisation } from './decide.ts'

/** Each decision looks at every rule. A few dozen are a lot for people to keep in their heads. */
export const rulesMax = 256

export const noPolicy: OrganisationPolicy = Object.freeze({ generation: 0, default: null, rules: Object.freeze([]) })

/** `unreadable`: neither memory nor store know what the organisation said. */
export type KnownPolicy = OrganisationPolicy | 'unreadable'

export type OrganisationChange =
  | { readonly ok: true; readonly policy: OrganisationPolicy }
  | { readonly ok: false; readonly error: 'invalid' | 'not-found'; readonly message: string }

type ChangingAct = Extract<PolicyRequest, { act: 'set-default' | 'put-rule' | 'remove-rule' }>

/** A policy that is lost begins anew with the first act. */
export function changeOrganisation(known: KnownPolicy, act: ChangingAct, generation: number): OrganisationChange {
  const before = known === 'unreadable' ? noPolicy : known
  switch (act.act) {
    case 'set-default':
      return { ok: true, policy: { ...before, generation, default: act.default } }
    case 'put-rule':
      return putRule(before, act.rule, generation)
    case 'remove-rule': {
      const rules = before.rules.filter((rule) => !isPair(rule, act))
      if (rules.length < before.rules.length) return { ok: true, policy: { ...before, generation, rules } }
      return { ok: false, error: 'not-found', message: `there is no rule from ${act.from} to ${act.to}` }
    }
  }
}

function putRule(before: OrganisationPolicy, rule: GroupRule, generation: number): OrganisationChange {
  const earlier = before.rules.find((each) => isPair(each, rule))
  const merged = { ...rule, see: rule.see ?? earlier?.see ?? null, message: rule.message ?? earlier?.message ?? null }
  if (merged.see === null && merged.message === null) {
    return { ok: false, error: 'invalid', message: 'a rule says something of seeing, of messages or of both' }
  }
  const rules = [...before.rules.filter((each) => each !== earlier), merged].sort(byPair)
  if (rules.length <= rulesMax) return { ok: true, policy: { ...before, generation, rules } }
  return { ok: false, error: 'invalid', message: `there are ${rulesMax} rules already; remove some first` }
}

function isPair(rule: GroupRule, pair: Pick<GroupRule, 'from' | 'to'>): boolean {
  return rule.from === pair.from && rule.to === pair.to
}

/** One order for the same rules, whoever made which first. */
function byPair(a: GroupRule, b: GroupRule): number {
  const [left, right] = [`${a.from}\0${a.to}`, `${b.from}\0${b.to}`]
  return left < right ? -1 : left > right ? 1 : 0
}

/** As decisions need it: with the configuration's default where no command has set one. */
export function organisationOf(known: KnownPolicy, configured: PolicyDefault): Organisation {
  if (known === 'unreadable') return { default: 'closed', rules: [], unreadable: true }
  return { default: known.default ?? configured, rules: known.rules, unreadable: false }
}

export function organisationSummary(known: KnownPolicy, configured: PolicyDefault): OrganisationSummary {
  const isCommanded = known !== 'unreadable' && known.default !== null
  return { ...organisationOf(known, configured), defaultFrom: isCommanded ? 'command' : 'configuration' }
}
