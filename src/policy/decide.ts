/**
 * The decision: may this watcher see, may this sender write? Pure; the table is in `docs/policy.md`. In order: one
 * always sees oneself, the organisation's *forbid*, the user's own rule, the organisation's other rules, its default.
 */
import type { MessageVerdict, PolicyParty, SeeVerdict } from '../ports/policy.ts'
import { anybody, type GroupRule, type MessageRule, type PolicyDefault, type SeeRule } from '../ports/records/policy.ts'

/** A user's own rule about somebody, as RFC 5025 says it. `unreadable`: it is lost, so he is closed to all (§7.6). */
export type OwnRule = SeeVerdict | 'unreadable' | null

export interface Organisation {
  readonly default: PolicyDefault
  readonly rules: readonly GroupRule[]
  /** The organisation's rules are lost: nobody is let through before there are new ones. */
  readonly unreadable: boolean
}

export interface Question {
  /** The watcher or sender. */
  readonly from: PolicyParty
  /** The presentity or recipient. */
  readonly to: PolicyParty
  /** What `to` says of `from`. */
  readonly own: OwnRule
}

const byDefault = { open: 'allow', prompt: 'confirm', closed: 'block' } as const
const byRule = { allow: 'allow', prompt: 'confirm', forbid: 'block' } as const
/** From the mildest to the strictest: among rules for pairs that are named equally closely the strictest wins. */
const seeOrder: readonly SeeRule[] = ['allow', 'prompt', 'forbid']
const messageOrder: readonly MessageRule[] = ['allow', 'forbid']

export function decideSee(organisation: Organisation, { from, to, own }: Question): SeeVerdict {
  if (from.aor === to.aor) return 'allow'
  if (organisation.unreadable || own === 'unreadable') return 'block'
  const rule = closestRule(organisation.rules, from, to, (each) => each.see, seeOrder)
  if (rule === 'forbid') return 'block'
  return own ?? (rule ? byRule[rule] : byDefault[organisation.default])
}

/** The default speaks of seeing only: in a closed organisation people still write to each other. */
export function decideMessage(organisation: Organisation, { from, to, own }: Question): MessageVerdict {
  if (from.aor === to.aor) return 'allow'
  if (organisation.unreadable || own === 'unreadable') return 'forbid'
  if (closestRule(organisation.rules, from, to, (each) => each.message, messageOrder) === 'forbid') return 'forbid'
  switch (own) {
    case 'block':
      return 'forbid'
    case 'polite-block':
      return 'polite-block'
    default:
      return 'allow'
  }
}

/** What the rules say that name the two most closely (both groups, one, none); null when none says anything. */
function closestRule<R extends string>(
  rules: readonly GroupRule[],
  from: PolicyParty,
  to: PolicyParty,
  aspect: (rule: GroupRule) => R | null,
  order: readonly R[],
): R | null {
  let found: R | null = null
  let closest = -1
  for (const rule of rules) {
    const says = aspect(rule)
    if (says === null || !isMeant(rule.from, from) || !isMeant(rule.to, to)) continue
    const closeness = Number(rule.from !== anybody) + Number(rule.to !== anybody)
    const isStricter = found === null || order.indexOf(says) > order.indexOf(found)
    if (closeness > closest || (closeness === closest && isStricter)) found = says
    closest = Math.max(closest, closeness)
  }
  return found
}

function isMeant(group: string, { groups }: PolicyParty): boolean {
  return group === anybody || groups.includes(group)
}
