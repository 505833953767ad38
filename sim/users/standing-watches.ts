/**
 * Which contacts a device is told of at present: what it was told once and is not out of touch with. Each change of
 * theirs is due to it, and the board counts for whoever changes how many there are.
 */
import type { Board } from '../verify/board.ts'

export class StandingWatches {
  readonly #board: Board
  readonly #contacts: Uint32Array
  readonly #standing: Uint8Array

  constructor(board: Board, contacts: Uint32Array) {
    this.#board = board
    this.#contacts = contacts
    this.#standing = new Uint8Array(contacts.length)
  }

  /** A NOTIFY told of the contact at this index. */
  told(index: number): void {
    if (this.#standing[index] === 1) return
    this.#standing[index] = 1
    this.#board.addWatching(this.#contacts[index]!, 1)
  }

  /** `index` -1: all of them. */
  ended(index = -1): void {
    if (index >= 0) return this.#end(index)
    for (let each = 0; each < this.#standing.length; each++) this.#end(each)
  }

  #end(index: number): void {
    if (this.#standing[index] === 0) return
    this.#standing[index] = 0
    this.#board.addWatching(this.#contacts[index]!, -1)
  }
}
