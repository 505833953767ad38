/**
 * One trace as main keeps it: steps in their order with their numbers, no more than so many and so large. What a worker
 * could not keep, and what was read too late, leaves a gap in the numbers.
 */
import type { BeginTrace, TraceEnd, TraceFacts, TracePart, TraceStep } from '../admin/index.ts'
import { MergedOrder, type TracedMessage, type TraceOrder } from '../tracing/index.ts'

export const keptStepsMax = 2_000
const keptTextMax = 4 * 1024 * 1024
/** In one answer. */
const readStepsMax = 500

export interface TraceClocks {
  /** Milliseconds since 1970 of the system's clock. */
  readonly now: () => number
  /** Microseconds of the monotonic clock that all threads share. */
  readonly nowUs: () => number
}

export class KeptTrace {
  readonly id: string
  readonly order: TraceOrder
  readonly #asked: BeginTrace
  readonly #clocks: TraceClocks
  readonly #beganMs: number
  readonly #merged: MergedOrder
  /** Workers that have not confirmed the end. */
  readonly #open: Set<number>
  #steps: TraceStep[] = []
  #textLength = 0
  #lastNumber = 0
  #shownCount = 0
  #wake: () => void = () => {}
  /** When somebody last asked. */
  readMs: number
  endedMs: number | null = null
  end: TraceEnd = null
  /** With which workers say that they do not follow it any more. */
  lastRevision = Number.POSITIVE_INFINITY
  /** Nothing will come any more. */
  isClosed = false

  constructor(id: string, asked: BeginTrace, workersCount: number, clocks: TraceClocks) {
    const { aor: account, names, bodies: withText } = asked
    this.id = id
    this.order = { id, account, names, withText }
    this.#asked = asked
    this.#clocks = clocks
    this.#beganMs = clocks.now()
    this.readMs = this.#beganMs
    this.#merged = new MergedOrder(workersCount)
    this.#open = new Set(Array.from({ length: workersCount }, (_, worker) => worker))
  }

  get facts(): TraceFacts {
    const { aor, by, bodies, seconds } = this.#asked
    const endsMs = this.endedMs ?? this.#beganMs + seconds * 1_000
    return { id: this.id, aor, by, beganMs: this.#beganMs, endsMs, bodies, messages: this.#lastNumber }
  }

  get isFull(): boolean {
    return this.#shownCount >= this.#asked.messages
  }

  add(messages: readonly TracedMessage[], missed: number): void {
    if (this.isClosed) return
    this.#merged.add(messages)
    this.#lastNumber += missed
  }

  told(worker: number, untilUs: number, revision: number): void {
    this.#merged.told(worker, untilUs)
    this.release()
    if (revision >= this.lastRevision) this.#open.delete(worker)
    if (this.#open.size === 0) this.close()
  }

  /** Numbers what can be told in order, and tells it. */
  release(): void {
    if (!this.isClosed) this.#take(this.#merged.release(this.#clocks.nowUs()))
  }

  /** Ends the waiting for workers: what they have told is all. */
  close(): void {
    if (this.isClosed) return
    this.#take(this.#merged.releaseAll())
    this.isClosed = true
    this.#asked.onEnded(this.facts, this.end)
    this.#wake()
  }

  /** At once where there is something to tell, or nothing to wait for; else within the time. */
  async read(after: number, waitMs: number): Promise<TracePart> {
    // Whoever waited before is answered with nothing.
    this.#wake()
    if (this.#lastNumber <= after && !this.isClosed && waitMs > 0) await this.#something(waitMs)
    const steps = this.#steps.filter(({ number }) => number > after).slice(0, readStepsMax)
    const last = steps.at(-1)
    const isRest = last === undefined || last === this.#steps.at(-1)
    const next = Math.max(after, isRest ? this.#lastNumber : last.number)
    return { steps, next, missed: next - after - steps.length, end: this.isClosed && isRest ? this.end : null }
  }

  #something(waitMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#wake(), waitMs)
      this.#wake = () => {
        clearTimeout(timer)
        this.#wake = () => {}
        resolve()
      }
    })
  }

  #take(messages: readonly TracedMessage[]): void {
    const left = Math.max(0, this.#asked.messages - this.#shownCount)
    const taken = messages.slice(0, left)
    if (taken.length === 0) return
    const [nowMs, nowUs] = [this.#clocks.now(), this.#clocks.nowUs()]
    for (const { atUs, ...message } of taken) {
      this.#steps.push({ number: ++this.#lastNumber, atMs: nowMs - (nowUs - atUs) / 1_000, ...message })
      this.#textLength += message.text?.length ?? 0
    }
    this.#shownCount += taken.length
    while (this.#steps.length > keptStepsMax || this.#textLength > keptTextMax) {
      this.#textLength -= this.#steps.shift()!.text?.length ?? 0
    }
    this.#wake()
  }
}
