/**
 * Whether a device that should be there is not: as long as it is away, nobody can say what its watchers should see.
 */
import type { Board } from '../verify/board.ts'

export class Absence {
  readonly #board: Board
  readonly #user: number
  #isAway = false

  constructor(board: Board, user: number) {
    this.#board = board
    this.#user = user
  }

  begin(): void {
    if (!this.#isAway) this.#board.addUnsettled(this.#user, 1)
    this.#isAway = true
  }

  end(): void {
    if (this.#isAway) this.#board.addUnsettled(this.#user, -1)
    this.#isAway = false
  }
}
