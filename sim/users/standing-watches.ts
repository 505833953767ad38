/**
 * Which contacts a device is told of at present, and since when: what it was told once and is not out of touch with.
 * Each change of theirs from then on is due to it, and the board counts for whoever changes how many there are.
 */
import type { Board } from '../verify/board.ts'

export class StandingWatches {
  readonly #board: Board
  readonly #contacts: Uint32Array
  /** In its second half, for each contact: milliseconds of the run's clock; 0: not told of. */
  readonly #words: Uint32Array

  /** `words`: two for each contact, in one array, since an array more would be 200 bytes for each device. */
  constructor(board: Board, contacts: Uint32Array, words: Uint32Array) {
    this.#board = board
    this.#contacts = contacts
    this.#words = words
  }

  /** A NOTIFY told of the contact at this index. */
  told(index: number, nowUs: number): void {
    const at = this.#contacts.length + index
    if (this.#words[at] !== 0) return
    this.#words[at] = Math.max(1, Math.ceil(nowUs / 1_000))
    this.#board.addWatching(this.#contacts[index]!, 1)
  }

  /** A change that was wanted then was due here. */
  wasDue(index: number, dueUs: number): boolean {
    const sinceMs = this.#words[this.#contacts.length + index]!
    return sinceMs !== 0 && dueUs >= sinceMs * 1_000
  }

  /** `index` -1: all of them. */
  ended(index = -1): void {
    if (index >= 0) return this.#end(index)
    for (let each = 0; each < this.#contacts.length; each++) this.#end(each)
  }

  #end(index: number): void {
    const at = this.#contacts.length + index
    if (this.#words[at] === 0) return
    this.#words[at] = 0
    this.#board.addWatching(this.#contacts[index]!, -1)
  }
}
