/**
 * Operations of the last 64·T1: what a request that changed something was answered, so that its retransmission through
 * another worker, or after a crash, gets the same answer and not a second effect. The durable ones are records
 * `operation`.
 *
 * Answers are kept in generations of 16 s, and a whole generation is forgotten at once: a map that loses its oldest key
 * with each new one becomes slower with its size.
 */
import type { ReplyAddress } from '../ports/bus.ts'
import type { AnswerParts } from './answer.ts'

/** 64·T1 (RFC 3261 §17.1.2.2): after that no correct client repeats the request. */
export const operationKeptMs = 32_000
const generationMs = 16_000
/** More operations than this in one generation are a flood, and it ends early. */
const generationMax = 100_000
/** In a flood the oldest are forgotten before their time. */
const generationsMax = 4

interface Running {
  readonly waiters: ReplyAddress[]
}

interface Generation {
  readonly startedMs: number
  readonly answers: Map<string, AnswerParts>
}

export type OperationState =
  | { readonly state: 'new' }
  | { readonly state: 'running' }
  | { readonly state: 'done'; readonly answer: AnswerParts }

const isNew: OperationState = Object.freeze({ state: 'new' })
const isRunning: OperationState = Object.freeze({ state: 'running' })

export class Operations {
  readonly #running = new Map<string, Running>()
  /** The newest first. */
  readonly #generations: Generation[] = []

  get size(): number {
    return this.#generations.reduce((sum, { answers }) => sum + answers.size, this.#running.size)
  }

  /** What is known of this operation. */
  find(id: string): OperationState {
    for (const { answers } of this.#generations) {
      const answer = answers.get(id)
      if (answer) return { state: 'done', answer }
    }
    return this.#running.has(id) ? isRunning : isNew
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
    this.#newest(nowMs).answers.set(id, answer)
  }

  abandon(id: string): void {
    this.#running.delete(id)
    for (const { answers } of this.#generations) answers.delete(id)
  }

  /** Forgets generations whose last operation is older than 64·T1. Returns the ids forgotten. */
  sweep(nowMs: number): string[] {
    const forgotten: string[] = []
    while (this.#generations.length > 0 && this.#isOver(nowMs)) {
      const generation = this.#generations.pop() as Generation
      for (const id of generation.answers.keys()) forgotten.push(id)
    }
    return forgotten
  }

  /** The oldest generation ended when the next began, or at the end of its own time. */
  #isOver(nowMs: number): boolean {
    if (this.#generations.length > generationsMax) return true
    const oldest = this.#generations.at(-1) as Generation
    const endedMs = this.#generations.at(-2)?.startedMs ?? oldest.startedMs + generationMs
    return endedMs + operationKeptMs <= nowMs
  }

  #newest(nowMs: number): Generation {
    const newest = this.#generations[0]
    const isOpen = newest && nowMs < newest.startedMs + generationMs && newest.answers.size < generationMax
    if (isOpen) return newest
    const next: Generation = { startedMs: nowMs, answers: new Map() }
    this.#generations.unshift(next)
    return next
  }
}
