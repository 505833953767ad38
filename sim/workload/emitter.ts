/**
 * Where the parts of the plan put what they decide.
 */
import type { Action } from './action.ts'

export interface Emitter {
  /** An action that is due now: at the moment for which the part was asked. */
  emit(dueMs: number, action: Action): void
  /** Asks again at that moment, for this user. */
  later(dueMs: number, user: number, run: (dueMs: number) => void): void
}
