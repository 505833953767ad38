/**
 * What a server keeps to itself because another one is overloaded (RFC 7339 §5.10.1): the share that was asked for, of
 * all requests, taken first of those that are worth least; of the next kind only what is missing then. What belongs to
 * a conversation is counted, and never kept back.
 */
import type { OverloadFeedback } from './feedback.ts'

/** In the order in which they are given up; `established` never is. */
export const ranks = ['sign-in', 'subscription', 'message', 'established'] as const
export type Rank = (typeof ranks)[number]

/** What came is forgotten by half in this time: the mix of requests is that of the last seconds. */
const halfLifeMs = 2_000

export class LossFilter {
  readonly #random: () => number
  readonly #counts: Record<Rank, number> = { 'sign-in': 0, subscription: 0, message: 0, established: 0 }
  #countedMs = 0
  #loss = 0
  #untilMs = 0
  #sequence = Number.NEGATIVE_INFINITY

  /** `random`: from 0 to below 1. */
  constructor(random: () => number) {
    this.#random = random
  }

  /** Words that were overtaken by newer ones are not heard (RFC 7339 §4.4). */
  hear({ lossPercent, validityMs, sequence }: OverloadFeedback, nowMs: number): void {
    if (sequence <= this.#sequence) return
    this.#sequence = sequence
    this.#loss = lossPercent / 100
    this.#untilMs = nowMs + validityMs
  }

  /** It is another start of that server, whose numbers begin anew. */
  forget(): void {
    this.#loss = 0
    this.#sequence = Number.NEGATIVE_INFINITY
  }

  /** 0 to 1; 0 where nothing was asked, or what was asked is over. */
  lossAt(nowMs: number): number {
    return nowMs < this.#untilMs ? this.#loss : 0
  }

  /** Counts this request. True: it is to be refused here. */
  refuses(rank: Rank, nowMs: number): boolean {
    this.#count(rank, nowMs)
    const loss = this.lossAt(nowMs)
    if (loss === 0 || rank === 'established') return false
    return this.#random() < this.#shareOf(rank, loss)
  }

  #count(rank: Rank, nowMs: number): void {
    const left = 0.5 ** (Math.max(0, nowMs - this.#countedMs) / halfLifeMs)
    this.#countedMs = nowMs
    for (const each of ranks) this.#counts[each] *= left
    this.#counts[rank]++
  }

  /** How much of this rank goes: what the ranks before it, all of them, leave of the loss. */
  #shareOf(rank: Rank, loss: number): number {
    const counts = this.#counts
    let toLose = loss * ranks.reduce((sum, each) => sum + counts[each], 0)
    for (const before of ranks) {
      if (before === rank) break
      toLose -= counts[before]
    }
    return toLose / counts[rank]
  }
}
