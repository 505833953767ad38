/**
 * Policy: who may see whom and who may write to whom. `decide.ts` is the decision, `organisation.ts` the organisation's
 * rules, `user-rules.ts` those of a user, `policy-service.ts` the rest: asked at the shard of the presentity, changed
 * by administrators, acknowledged when it holds everywhere (`barriers.ts`).
 */
export { barrierDeadlineMs } from './barriers.ts'
export { decideMessage, decideSee, type Organisation, type OwnRule, type Question } from './decide.ts'
export { DocumentRules } from './document-rules.ts'
export { type Policy, PolicyService, type PolicySettings } from './policy-service.ts'
export type { RuleChange, UserRules } from './user-rules.ts'
