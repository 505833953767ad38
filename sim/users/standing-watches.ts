/**
 * Which contacts a device is told of at present, and since when: what it was told once and is not out of touch with.
 * Each change of theirs from then on is due to it, and the board counts for whoever changes how many there are.
 */
import type { Board } from '../verify/board.ts'

export class StandingWatches {
  readonly #board: Board
  readonly #contacts: Uint32Array
  /** Milliseconds of the run's clock; 0: not told of. */
  readonly #sinceMs: Uint32Array

  constructor(board: Board, contacts: Uint32Array) {
    this.#board = board
    this.#contacts = contacts
    this.#sinceMs = new Uint32Array(contacts.length)
  }

  /** A NOTIFY told of the contact at this index. */
  told(index: number, nowUs: number): void {
    if (this.#sinceMs[index] !== 0) return
    this.#sinceMs[index] = Math.max(1, Math.ceil(nowUs / 1_000))
    this.#board.addWatching(this.#contacts[index]!, 1)
  }

  /** A change that was wanted then was due here. */
  wasDue(index: number, dueUs: number): boolean {
    const sinceMs = this.#sinceMs[index]!
    return sinceMs !== 0 && dueUs >= sinceMs * 1_000
  }

  /** `index` -1: all of them. */
  ended(index = -1): void {
    if (index >= 0) return this.#end(index)
    for (let each = 0; each < this.#sinceMs.length; each++) this.#end(each)
  }

  #end(index: number): void {
    if (this.#sinceMs[index] === 0) return
    this.#sinceMs[index] = 0
    this.#board.addWatching(this.#contacts[index]!, -1)
  }
}
