/**
 * What Active Directory needs of the store, on main: accounts that come from it, its noes, and wrong passwords spent.
 */
import { denialWrites, PasswordBudget, readDenials } from '../directory/index.ts'
import type { Clock } from '../ports/clock.ts'
import type { DirectoryUserFacts } from '../ports/directory.ts'
import { directoryRange } from '../ports/records/denial.ts'
import { directoryUserRecord } from '../ports/records/directory-user.ts'
import { usersRange } from '../ports/records/keys.ts'
import { passwordBudgetKey, passwordBudgetRecord } from '../ports/records/password-budget.ts'
import { scanKind } from '../ports/records/scan-kind.ts'
import type { RecordWrite, Store } from '../ports/store.ts'
import type { Aor } from '../sip/uri/aor.ts'
import { FlushedWrites } from '../store/index.ts'

export class DirectoryRecords {
  readonly #store: Store
  readonly #clock: Clock
  readonly #writes: FlushedWrites
  /** Of the budget, since the last commit. */
  #spent: RecordWrite[] = []

  /** It becomes the listener of this store. */
  constructor(store: Store, clock: Clock) {
    this.#store = store
    this.#clock = clock
    this.#writes = new FlushedWrites(store)
  }

  users(visit: (aor: Aor, facts: DirectoryUserFacts) => void): Promise<void> {
    return scanKind(this.#store, usersRange, directoryUserRecord, ({ saidMs: _, ...facts }, aor) => {
      visit(aor as Aor, facts)
    })
  }

  denials(): ReturnType<typeof readDenials> {
    return readDenials(this.#store)
  }

  /** Rejects when the store does not take it: then the follower sees the same change again. */
  async keepDenials(changes: Parameters<typeof denialWrites>[0]): Promise<void> {
    const outcome = await this.#writes.commit(denialWrites(changes, this.#clock.wallMs()))
    if (!outcome.ok) throw new Error(`the store does not take it: ${outcome.detail}`)
  }

  async budget(): Promise<PasswordBudget> {
    const budget = new PasswordBudget((guid, spent) => {
      const value = spent && passwordBudgetRecord.encode({ guid, ...spent })
      this.#spent.push({ key: passwordBudgetKey(guid), value })
    })
    await scanKind(this.#store, directoryRange, passwordBudgetRecord, (spent) => budget.load(spent.guid, spent))
    return budget
  }

  async budgetKept(): Promise<boolean> {
    const writes = this.#spent.splice(0)
    return writes.length === 0 || (await this.#writes.commit(writes)).ok
  }
}
