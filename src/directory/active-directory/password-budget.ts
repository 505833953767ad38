/**
 * How many wrong passwords we may pass on for an account: at most half of what locks it out, so that nobody locks a
 * colleague out through this server. Tries under way count as wrong until their answer is there.
 */

export interface LockoutPolicy {
  /** Wrong passwords that lock an account; 0: none ever do; null: not known. */
  readonly threshold: number | null
  /** The time in which they are counted; null where not known. */
  readonly windowMs: number | null
}

/** Where the threshold is not known. */
const unknownThresholdTries = 3
/** Where nothing locks, guessing is slowed all the same. */
const unlimitedThresholdTries = 10
const unknownWindowMs = 30 * 60_000
const accountsMax = 100_000

interface Spent {
  wrong: number
  lastWrongMs: number
  underWay: number
}

/** Tries under way count as wrong in it; null: nothing is spent. */
export type KeepSpent = (
  account: string,
  spent: { readonly wrong: number; readonly lastWrongMs: number } | null,
) => void

export class PasswordBudget {
  readonly #spent = new Map<string, Spent>()
  readonly #keep: KeepSpent

  /** `keep` is told of each change. Times are of a clock that goes on over a restart. */
  constructor(keep: KeepSpent = () => {}) {
    this.#keep = keep
  }

  /** As it was kept. */
  load(account: string, { wrong, lastWrongMs }: { readonly wrong: number; readonly lastWrongMs: number }): void {
    this.#spent.set(account, { wrong, lastWrongMs, underWay: 0 })
  }

  /** Takes one try; false where none is left. Whoever got true calls `settle` once. */
  take(account: string, policy: LockoutPolicy, nowMs: number): boolean {
    const spent = this.#of(account, policy, nowMs)
    if (spent.wrong + spent.underWay >= triesAllowed(policy)) return false
    spent.underWay++
    this.#keep(account, { wrong: spent.wrong + spent.underWay, lastWrongMs: nowMs })
    return true
  }

  /** `isWrong` also where the answer never came: the server may have counted it. */
  settle(account: string, isWrong: boolean, nowMs: number): void {
    const spent = this.#spent.get(account)
    if (!spent) return
    spent.underWay--
    if (isWrong) {
      spent.wrong++
      spent.lastWrongMs = nowMs
    } else if (spent.wrong + spent.underWay === 0) {
      this.#spent.delete(account)
    }
    const { wrong, underWay, lastWrongMs } = spent
    this.#keep(account, wrong + underWay === 0 ? null : { wrong: wrong + underWay, lastWrongMs })
  }

  #of(account: string, policy: LockoutPolicy, nowMs: number): Spent {
    const spent = this.#spent.get(account) ?? { wrong: 0, lastWrongMs: nowMs, underWay: 0 }
    // A domain controller forgets all of them a window after the last one, not each after a window of its own.
    if (nowMs - spent.lastWrongMs >= (policy.windowMs || unknownWindowMs)) spent.wrong = 0
    this.#spent.delete(account)
    this.#spent.set(account, spent)
    if (this.#spent.size > accountsMax) this.#spent.delete(this.#spent.keys().next().value!)
    return spent
  }
}

/** At least one: where the first wrong password locks, there is no half of it. */
export function triesAllowed({ threshold }: LockoutPolicy): number {
  if (threshold === null) return unknownThresholdTries
  if (threshold === 0) return unlimitedThresholdTries
  return Math.max(1, Math.floor(threshold / 2))
}
