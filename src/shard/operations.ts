/**
 * Operations of the last 64·T1: what a request that changed something was answered, so that its retransmission through
 * another worker, or after a crash, gets the same answer and not a second effect. The durable ones are records
 * `operation`.
 */
import type { ReplyAddress } from '../ports/bus.ts'
import type { AnswerParts } from './answer.ts'

/** 64·T1 (RFC 3261 §17.1.2.2): after that no correct client repeats the request. */
export const operationKeptMs = 32_000
/** More than this many at once are a flood; the oldest are forgotten first. */
const operationsMax = 200_000

interface Running {
  readonly waiters: ReplyAddress[]
}

interface Done {
  readonly answer: AnswerParts
  readonly atMs: number
}

export type OperationState =
  | { readonly state: 'new' }
  | { readonly state: 'running' }
  | { readonly state: 'done'; readonly answer: AnswerParts }

export class Operations {
  readonly #running = new Map<string, Running>()
  readonly #done = new Map<string, Done>()

  get size(): number {
    return this.#running.size + this.#done.size
  }

  /** What is known of this operation. */
  find(id: string): OperationState {
    const done = this.#done.get(id)
    if (done) return { state: 'done', answer: done.answer }
    return this.#running.has(id) ? { state: 'running' } : { state: 'new' }
  }

  begin(id: string, from: ReplyAddress): void {
    this.#running.set(id, { waiters: [from] })
  }

  /** A repetition met while the operation runs waits for the same answer. */
  join(id: string, from: ReplyAddress): void {
    this.#running.get(id)?.waiters.push(from)
  }

  waiters(id: string): readonly ReplyAddress[] {
    return this.#running.get(id)?.waiters ?? []
  }

  finish(id: string, answer: AnswerParts, nowMs: number): void {
    this.#running.delete(id)
    this.#done.set(id, { answer, atMs: nowMs })
    if (this.#done.size > operationsMax) this.#done.delete(this.#done.keys().next().value as string)
  }

  abandon(id: string): void {
    this.#running.delete(id)
    this.#done.delete(id)
  }

  /** Forgets what is older than 64·T1; entries are in the order of their time. Returns the ids forgotten. */
  sweep(nowMs: number): string[] {
    const forgotten: string[] = []
    for (const [id, done] of this.#done) {
      if (done.atMs + operationKeptMs > nowMs) break
      this.#done.delete(id)
      forgotten.push(id)
    }
    return forgotten
  }
}
