/**
 * Who has to follow a change of policy before it is acknowledged, and when all of them have.
 */
import type { Unit } from '../shard/index.ts'

export type Apply<T> = (unit: Unit, subject: T, done: (unit: Unit) => void) => void

export class Listeners<T> {
  readonly #all: Apply<T>[] = []

  add(apply: Apply<T>): void {
    this.#all.push(apply)
  }

  /**
   * `done` runs in the unit in which the last of them says that it has followed: this one, where nobody listens. One
   * that says it twice is counted once; one that never does is left to the barrier's deadline.
   */
  tell(unit: Unit, subject: T, done: (unit: Unit) => void): void {
    const waiting = new Set(this.#all)
    if (waiting.size === 0) return done(unit)
    for (const apply of this.#all) {
      apply(unit, subject, (next) => {
        if (waiting.delete(apply) && waiting.size === 0) done(next)
      })
    }
  }
}
