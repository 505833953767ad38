/**
 * Presence end to end: each state that is published carries a number (version) of its user in its document; a watcher
 * keeps one word for each watch. A version never goes back, was given out before it was seen, and in the end is the
 * newest that counts.
 */
import type { Board } from './board.ts'
import type { Findings } from './findings.ts'
import type { ToldState } from './told-states.ts'

/** What a watch keeps: the version shown last, doubled, and 1 where the user is shown as absent; 0: never told. */
export type Seen = number

export const neverTold: Seen = 0

/** `0` version: absent. Where the user has never been seen with a state, that is 1. */
function seenOf(version: number, before: Seen): Seen {
  return version === 0 ? (before & ~1) | 1 : version * 2
}

export function shownVersion(seen: Seen): number {
  return seen & 1 ? 0 : seen >>> 1
}

export class PresenceVerifier {
  readonly #board: Board
  readonly #findings: Findings

  constructor(board: Board, findings: Findings) {
    this.#board = board
    this.#findings = findings
  }

  /** A document came. `news`: the version is newer than any that the watch has shown. */
  told(watcher: number, presentity: number, state: ToldState, before: Seen): { seen: Seen; isNews: boolean } {
    this.#findings.checked()
    const known = before >>> 1
    const { version } = state
    if (version > this.#board.issued(presentity)) {
      this.#findings.found('neverSent', `u${watcher} saw version ${version} of u${presentity}, which nobody published`)
    }
    const isBack = version > 0 && version < known && !this.#isOfAnother(presentity, version, known)
    if (isBack) {
      this.#findings.found('stale', `u${watcher} saw version ${version} of u${presentity} after version ${known}`)
    }
    return { seen: seenOf(version, before), isNews: version > known }
  }

  /** Of a user with several devices an older state shows again when the device with the newer one has gone. */
  #isOfAnother(presentity: number, version: number, known: number): boolean {
    const [device, knownDevice] = [version, known].map((each) => this.#board.deviceOf(presentity, each)) as [
      number,
      number,
    ]
    return device >= 0 && knownDevice >= 0 && device !== knownDevice
  }

  /** Somebody's state came to a device that does not watch them. */
  foreign(watcher: number, presentity: number): void {
    this.#findings.checked()
    this.#findings.found('unauthorised', `u${watcher} was told the state of u${presentity} without watching`)
  }

  /** Whether a watch shows what it should by now; null where that is open: a device of the user is not back. */
  isConverged(presentity: number, seen: Seen): boolean | null {
    if (!this.#board.isSettled(presentity)) return null
    const newest = this.#board.newest(presentity)
    if (seen === neverTold) return newest === 0 && !this.#board.isPresent(presentity) ? null : false
    return shownVersion(seen) === newest
  }

  notConverged(watcher: number, presentity: number, seen: Seen): void {
    const newest = this.#board.newest(presentity)
    const should = newest === 0 ? 'absent' : `version ${newest}`
    const shown = seen === neverTold ? 'nothing' : shownVersion(seen) === 0 ? 'absent' : `version ${shownVersion(seen)}`
    this.#findings.found('notConverged', `u${watcher} sees ${shown} of u${presentity}, which should be ${should}`)
  }
}
