/**
 * `policy`: what the organisation lets people see of each other and write to each other, one record for the server.
 * Written by the shard that owns `!server`, told to every shard (`src/policy/`).
 */
import type { StoreKey } from '../store.ts'
import type { FieldReader } from './field-reader.ts'
import { recordKey } from './keys.ts'
import { serverOwner } from './manifest.ts'
import { recordKind } from './record-kind.ts'

export const policyDefaults = ['open', 'prompt', 'closed'] as const
/** What holds between two people for whom nobody has made a rule: seen, asked first, not seen. */
export type PolicyDefault = (typeof policyDefaults)[number]

export const seeRules = ['allow', 'prompt', 'forbid'] as const
export type SeeRule = (typeof seeRules)[number]

export const messageRules = ['allow', 'forbid'] as const
export type MessageRule = (typeof messageRules)[number]

/** In place of a group: whoever it is, in a group or not. */
export const anybody = '*'

/** What people in one group may do to people in another. Null: this rule says nothing of it. */
export interface GroupRule {
  /** A group of the watcher or sender, or `*`. */
  readonly from: string
  /** A group of the presentity or recipient, or `*`. */
  readonly to: string
  readonly see: SeeRule | null
  readonly message: MessageRule | null
}

export interface OrganisationPolicy {
  /** Rises with each change; 0 where nobody has changed anything yet. */
  readonly generation: number
  /** Null: what the configuration says. */
  readonly default: PolicyDefault | null
  /** At most one for each pair of groups. */
  readonly rules: readonly GroupRule[]
}

export const policyRecord = recordKind<OrganisationPolicy>({
  name: 'policy',
  version: 1,
  toFields: (policy) => [
    policy.generation,
    policy.default,
    policy.rules.map(({ from, to, see, message }) => [from, to, see ?? '', message ?? '']),
  ],
  fromFields: (fields) => ({
    generation: fields.count(),
    default: readDefault(fields),
    rules: fields.rows('a list of rules', readRule),
  }),
})

export const policyKey: StoreKey = recordKey(serverOwner, policyRecord.name)

function readDefault(fields: FieldReader): PolicyDefault | null {
  return fields.choiceOrNull(policyDefaults)
}

/** A word that this build does not know makes the record unreadable: a rule is never guessed at. */
function readRule([from, to, see, message]: readonly string[]): GroupRule | null {
  const seeRule = see === '' ? null : seeRules.find((rule) => rule === see)
  const messageRule = message === '' ? null : messageRules.find((rule) => rule === message)
  if (!from || !to || seeRule === undefined || messageRule === undefined) return null
  return { from, to, see: seeRule, message: messageRule }
}
