/**
 * The deadlines of one flow over a stream: first message, message that began, bytes that wait, silence. Told what
 * happens, asked once a sweep; what a passed deadline leads to is the flow's.
 */
import { TransportEvent } from './events.ts'
import type { TransportLimits } from './limits.ts'

export class Deadlines {
  messagesCount = 0
  heardAtMs: number
  readonly #openedAtMs: number
  /** When the message that is being received began; -1: none is. */
  #startedAtMs = -1
  /** Bytes that the kernel had taken at the last sweep, and when that number last grew. */
  #takenBytes = 0
  #takenAtMs: number

  constructor(nowMs: number) {
    this.#openedAtMs = this.heardAtMs = this.#takenAtMs = nowMs
  }

  /**
   * Bytes came; `isPartial`: they end within a message; `hasCompleted`: one ended in them, so what is left began now.
   */
  heard(nowMs: number, isPartial: boolean, hasCompleted: boolean): void {
    this.heardAtMs = nowMs
    if (!isPartial) this.#startedAtMs = -1
    else if (this.#startedAtMs < 0 || hasCompleted) this.#startedAtMs = nowMs
  }

  /** The event to cut the flow with, or null. `sentBytes`: all that was ever handed on, also what still waits. */
  passed(nowMs: number, limits: TransportLimits, sentBytes: number, waitingBytes: number): TransportEvent | null {
    if (this.#isStalled(nowMs, limits, sentBytes, waitingBytes)) return TransportEvent.writeStalled
    const isSilent = this.messagesCount === 0 && limits.firstMessageDeadlineMs > 0
    if (isSilent && nowMs - this.#openedAtMs > limits.firstMessageDeadlineMs) return TransportEvent.silent
    const hasStarted = this.#startedAtMs >= 0
    if (hasStarted && nowMs - this.#startedAtMs > limits.messageDeadlineMs) return TransportEvent.slowSender
    const mayIdle = limits.idleDeadlineMs === 0 || nowMs - this.heardAtMs <= limits.idleDeadlineMs
    return mayIdle ? null : TransportEvent.idle
  }

  #isStalled(nowMs: number, limits: TransportLimits, sentBytes: number, waitingBytes: number): boolean {
    const takenBytes = sentBytes - waitingBytes
    if (waitingBytes > 0 && takenBytes === this.#takenBytes) return nowMs - this.#takenAtMs > limits.writeDeadlineMs
    this.#takenBytes = takenBytes
    this.#takenAtMs = nowMs
    return false
  }
}
