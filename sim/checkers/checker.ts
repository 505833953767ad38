/**
 * A checker reads the history of a run and says what was wrong in it. One promise each; none of them knows the core.
 */
import type { History } from '../history.ts'

export interface Violation {
  readonly checker: string
  readonly atMs: number
  readonly text: string
}

export interface Checker {
  readonly name: string
  check(history: History): Violation[]
}
