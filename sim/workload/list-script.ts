/**
 * A script whose actions are all known beforehand, in order of their time.
 */
import type { DueAction, Script } from './action.ts'

export class ListScript implements Script {
  readonly #actions: readonly DueAction[]
  #at = 0

  constructor(actions: readonly DueAction[]) {
    this.#actions = actions
  }

  get nextDueMs(): number {
    return this.#actions[this.#at]?.dueMs ?? Number.POSITIVE_INFINITY
  }

  take(): DueAction {
    return this.#actions[this.#at++]!
  }
}
