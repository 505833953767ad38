/**
 * What locks whose account, kept for an hour: asked of a controller of his domain, not of a catalog. Where none answers
 * it counts as unknown, which allows the fewest tries.
 */
import type { Clock } from '../../ports/clock.ts'
import type { FollowedController } from './change-follower.ts'
import type { ControllerConnection } from './controller-connection.ts'
import type { DirectoryUser } from './directory-user.ts'
import { readLockoutPolicy } from './lockout-policy.ts'
import type { LockoutPolicy } from './password-budget.ts'

const keptMs = 3_600_000
const accountsMax = 100_000
const unknown: LockoutPolicy = { threshold: null, windowMs: null }

interface Kept {
  readonly policy: LockoutPolicy
  readonly untilMs: number
}

export class LockoutPolicies {
  readonly #clock: Clock
  readonly #controllers: readonly (FollowedController & Pick<ControllerConnection, 'end'>)[]
  readonly #kept = new Map<string, Kept>()

  constructor(clock: Clock, controllers: readonly (FollowedController & Pick<ControllerConnection, 'end'>)[]) {
    this.#clock = clock
    this.#controllers = controllers
  }

  async of({ guid, dn }: Pick<DirectoryUser, 'guid' | 'dn'>): Promise<LockoutPolicy> {
    const nowMs = this.#clock.monotonicMs()
    const kept = this.#kept.get(guid)
    if (kept && kept.untilMs > nowMs) return kept.policy
    for (const controller of this.#controllers) {
      try {
        const policy = await controller.ask((connection) =>
          readLockoutPolicy(connection, { domain: domainOf(dn), account: dn }),
        )
        this.#kept.delete(guid)
        this.#kept.set(guid, { policy, untilMs: nowMs + keptMs })
        if (this.#kept.size > accountsMax) this.#kept.delete(this.#kept.keys().next().value!)
        return policy
      } catch {
        // The next one may know it; the log has heard of this one from whoever follows it.
      }
    }
    return unknown
  }

  end(): void {
    for (const controller of this.#controllers) controller.end()
  }
}

/** The trailing parts `DC=…` of a distinguished name. */
function domainOf(dn: string): string {
  return /(?:DC=[^,]+,?)+$/i.exec(dn)?.[0] ?? dn
}
