/**
 * How much an overloaded server asks the others to keep to themselves (RFC 7339 §5.10): the share that it takes falls
 * with how far it is behind, stays while it catches up, and rises by a tenth in each interval in which it keeps up.
 */
import type { Pressure } from '../../ports/pressure.ts'
import type { OverloadFeedback } from './feedback.ts'

/** Between two changes of the share: a change is felt once what is under way has been worked off. */
export const intervalMs = 500
/** Some intervals, so that a word that is lost, or late, does not let everything in. */
export const validityMs = 4 * intervalMs
const [fallMost, rise] = [0.5, 1.1]
/** Something is always let in: by it, it is seen that there is room again. */
const acceptedLeast = 0.02

export interface LossControlPorts {
  readonly pressure: Pick<Pressure, 'delayMs'>
  readonly nowMs: () => number
  /** How far behind it may be before it asks; 0: it never asks. */
  readonly targetMs: () => number
}

export class LossControl {
  readonly #ports: LossControlPorts
  #accepted = 1
  #changedMs: number
  #sequence = 0
  /** When the share was last looked at. */
  #delayMs = 0

  constructor(ports: LossControlPorts) {
    this.#ports = ports
    this.#changedMs = ports.nowMs()
  }

  /** What a response to a server says now. */
  feedback(): OverloadFeedback {
    const nowMs = this.#ports.nowMs()
    this.#follow(nowMs)
    this.#sequence = Math.max(this.#sequence + 0.001, nowMs / 1_000)
    const lossPercent = Math.round((1 - this.#accepted) * 100)
    return { lossPercent, validityMs: lossPercent === 0 ? 0 : validityMs, sequence: this.#sequence }
  }

  #follow(nowMs: number): void {
    const intervals = Math.floor((nowMs - this.#changedMs) / intervalMs)
    if (intervals < 1) return
    this.#changedMs = nowMs
    const targetMs = this.#ports.targetMs()
    const delayMs = this.#ports.pressure.delayMs()
    const isBehind = targetMs > 0 && delayMs > targetMs
    const isCatchingUp = delayMs < this.#delayMs
    this.#delayMs = delayMs
    // What waits came by the share of before: to take away more for it as well would leave the server without work.
    if (isBehind && isCatchingUp) return
    const factor = isBehind ? Math.max(fallMost, targetMs / delayMs) : rise ** intervals
    this.#accepted = Math.min(1, Math.max(acceptedLeast, this.#accepted * factor))
  }
}
