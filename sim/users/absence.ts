/**
 * Whether a device that should be there is not: as long as it is away, nobody can say what its watchers should see.
 */
import type { Board } from '../verify/board.ts'

export class Absence {
  readonly #board: Board
  readonly #user: number
  readonly #device: number
  #isAway = false

  constructor(board: Board, user: number, device: number) {
    this.#board = board
    this.#user = user
    this.#device = device
  }

  begin(): void {
    if (!this.#isAway) this.#board.addUnsettled(this.#user, 1)
    this.#isAway = true
  }

  /**
   * It signs out. A state that could not be taken back, because there was no line to do so, stands until it expires or
   * the server starts anew: what watchers see of it stays open until the device is back. Conversations go on in dialogs
   * whose line is gone, also when it is back on another.
   */
  leave(nowUs: number): void {
    this.#board.noteFault(this.#user, nowUs)
    if (this.#board.confirmed(this.#user, this.#device) !== 0) this.begin()
    else this.end()
  }

  end(): void {
    if (this.#isAway) this.#board.addUnsettled(this.#user, -1)
    this.#isAway = false
  }
}
