/** The keep-alives of a line (RFC 5626 §4.4): when to ping, and when a missing pong means that the line is dead. */
import type { Context } from './context.ts'

const never = Number.POSITIVE_INFINITY
/** RFC 5626 §4.4.1: ten seconds for the pong. */
const pongUs = 10_000_000

export class KeepAlive {
  readonly #context: Context
  readonly #gapMs: number
  #pingAtUs = never
  #pongBeforeUs = never

  constructor(context: Context, gapMs: number) {
    this.#context = context
    this.#gapMs = gapMs
  }

  get nextUs(): number {
    return Math.min(this.#pingAtUs, this.#pongBeforeUs)
  }

  /** The first gap is a part of one, so that those who came together do not ping together. */
  begin(nowUs: number): void {
    this.#pingAtUs = nowUs + (this.#context.outside.random() * this.#gapMs * 1000) / this.#context.speed
  }

  stop(): void {
    this.#pingAtUs = this.#pongBeforeUs = never
  }

  /** True: the ping is to be sent now, and counts as sent. */
  isDue(nowUs: number): boolean {
    if (this.#pingAtUs > nowUs) return false
    this.#pingAtUs = nowUs + (this.#gapMs * 1000) / this.#context.speed
    this.#pongBeforeUs = nowUs + pongUs
    this.#context.recorder.sent('keepalive', 4, true)
    return true
  }

  isLost(nowUs: number): boolean {
    return this.#pongBeforeUs <= nowUs
  }

  ponged(): void {
    this.#context.recorder.received('keepalive', 2, false)
    this.#pongBeforeUs = never
  }
}
