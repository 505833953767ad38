/**
 * A user's own rules, as policy needs them: who keeps them, and in which form, is hidden behind this.
 */
import type { UserPolicySummary } from '../ports/admin.ts'
import type { PolicyParty, SeeVerdict } from '../ports/policy.ts'
import type { Unit } from '../shard/index.ts'
import type { Aor } from '../sip/uri/aor.ts'
import type { ChangeOutcome, DocumentListener } from '../xcap/index.ts'
import type { OwnRule } from './decide.ts'

export interface RuleChange {
  /** Null: the user says nothing of these watchers any more. */
  readonly rule: SeeVerdict | null
  readonly watchers: readonly Aor[]
}

export interface UserRules {
  /** What this user of this shard says of somebody, by any of their names. */
  ruleFor(aor: Aor, party: PolicyParty): OwnRule
  summaryOf(aor: Aor): UserPolicySummary
  /**
   * Writes in this unit; `done` runs in a later one, when the rules hold and whoever listens has followed or is not
   * waited for any longer, or when the store has not kept them. Returns why it cannot be done, or null.
   */
  change(unit: Unit, aor: Aor, change: RuleChange, done: (unit: Unit, outcome: ChangeOutcome) => void): string | null
  /** This user's rules could not be read at the start. */
  lost(aor: Aor): void
  /** This user has another home: nothing of his is looked at any more. */
  movedAway(aor: Aor): void
  /** Told of every change, however it was made; the change is acknowledged after `done`. */
  listen(listener: DocumentListener): void
}
