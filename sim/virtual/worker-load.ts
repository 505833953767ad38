/**
 * What one virtual worker has to do: the piece that it is at, those that wait, and how much of its time it was at work.
 */
import { BusyShare } from '../../src/runtime/busy-share.ts'
import type { MessageKind } from '../cost/cost-model.ts'

/** Work on the reference core, microseconds. */
export interface Work {
  readonly userUs: number
  readonly systemUs: number
}

export interface Piece {
  readonly kind: MessageKind
  readonly work: Work
  readonly take: () => void
}

/** Pieces that are done, and still stand before those that wait. */
const goneMax = 1_000

export class WorkerLoad {
  /** Virtual milliseconds at which it will have done what it has begun. */
  freeAtMs = 0
  busyMs = 0
  /** How long what has not begun would take alone. */
  waitingMs = 0
  /** Who begins the next piece is set up. */
  isPlanned = false
  /** What it is at, within the turn that began it. */
  current: Piece | null = null
  /** Largest part of a processor in any second. */
  busiestSecond = 0
  readonly #busy: BusyShare
  readonly #waiting: Piece[] = []
  #next = 0
  /** Like `busyMs`, and the time in which others had the processor. */
  #tookMs = 0
  #second = -1
  #inSecondMs = 0

  constructor(nowMs: () => number) {
    const beganMs = nowMs()
    this.#busy = new BusyShare(() => {
      const active = this.#tookMs - Math.max(0, this.freeAtMs - nowMs())
      return { active, idle: nowMs() - beganMs - active }
    })
  }

  /** 0 to 1, smoothed over a second or so. */
  get busyShare(): number {
    return this.#busy.share
  }

  add(piece: Piece, ms: number): void {
    this.#waiting.push(piece)
    this.waitingMs += ms
  }

  get hasWaiting(): boolean {
    return this.#next < this.#waiting.length
  }

  shift(): Piece {
    const piece = this.#waiting[this.#next++]!
    // Shifting one by one would move all the others each time.
    if (this.#next > goneMax || !this.hasWaiting) this.#next -= this.#waiting.splice(0, this.#next).length
    if (!this.hasWaiting) this.waitingMs = 0
    return piece
  }

  /** `workMs` of its own, which took `tookMs` by the clock; negative: what was booked before is not done. */
  book(nowMs: number, workMs: number, tookMs: number): void {
    this.freeAtMs = Math.max(this.freeAtMs, nowMs) + tookMs
    this.busyMs += workMs
    this.#tookMs += tookMs
    this.#busy.look()
    const second = Math.floor(nowMs / 1000)
    if (second !== this.#second) {
      this.#second = second
      this.#inSecondMs = 0
    }
    this.#inSecondMs += workMs
    this.busiestSecond = Math.max(this.busiestSecond, this.#inSecondMs / 1000)
  }

  /** What was before does not count for the busiest second. */
  beginWindow(): void {
    this.#second = -1
    this.#inSecondMs = this.busiestSecond = 0
  }
}
