/**
 * What administrators can ask of policy: the organisation's rules, and those of one user.
 */
import type { OrganisationSummary, UserPolicySummary } from '../../ports/admin.ts'
import type { MessageRule, PolicyDefault, SeeRule } from '../../ports/records/policy.ts'
import type { AdminResult } from '../result.ts'

export interface NewGroupRule {
  /** A group, or `*` for anybody. */
  readonly from: string
  readonly to: string
  /** Null: as an earlier rule for these two has it. */
  readonly see: SeeRule | null
  readonly message: MessageRule | null
}

/** `forget`: the user says nothing of that watcher any more. */
export type UserRule = 'allow' | 'block' | 'polite-block' | 'prompt' | 'forget'

export interface PolicyBackend {
  organisation(): Promise<AdminResult<OrganisationSummary>>
  setDefault(value: PolicyDefault): Promise<AdminResult<OrganisationSummary>>
  putRule(rule: NewGroupRule): Promise<AdminResult<OrganisationSummary>>
  removeRule(from: string, to: string): Promise<AdminResult<OrganisationSummary>>
  ofUser(name: string): Promise<AdminResult<UserPolicySummary>>
  setUserRule(name: string, rule: UserRule, watchers: readonly string[]): Promise<AdminResult<UserPolicySummary>>
}
