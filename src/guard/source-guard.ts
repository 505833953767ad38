/**
 * Failed authentications by source address: first answers are delayed, then the source is banned for a while. A ban
 * stops what has not proved itself: flows of others behind the same NAT that have signed in go on.
 */
import { RecentMap } from './recent-map.ts'

export interface SourceLimits {
  /** 0: never banned. */
  readonly failuresPerMinute: number
  readonly banMs: number
}

interface Source {
  failures: number
  sinceMs: number
  bannedUntilMs: number
}

/** More sources than this are an attack with forged addresses; the oldest are forgiven. */
const sourcesMax = 50_000
const windowMs = 60_000
const delayFirstMs = 250
const delayMaxMs = 4_000

export class SourceGuard {
  readonly #limits: SourceLimits
  readonly #sources = new RecentMap<string, Source>(sourcesMax)

  constructor(limits: SourceLimits) {
    this.#limits = limits
  }

  isBanned(address: string, nowMs: number): boolean {
    return (this.#sources.get(address)?.bannedUntilMs ?? 0) > nowMs
  }

  /** Returns after how long the refusal should be answered: guessing becomes slow before it is stopped. */
  failed(address: string, nowMs: number): number {
    if (this.#limits.failuresPerMinute === 0) return 0
    const source = this.#source(address, nowMs)
    source.failures++
    const over = source.failures - Math.ceil(this.#limits.failuresPerMinute / 2)
    if (source.failures >= this.#limits.failuresPerMinute) {
      source.bannedUntilMs = nowMs + this.#limits.banMs
      source.failures = 0
    }
    return over <= 0 ? 0 : Math.min(delayMaxMs, delayFirstMs * 2 ** (over - 1))
  }

  #source(address: string, nowMs: number): Source {
    let source = this.#sources.get(address)
    if (!source) {
      source = { failures: 0, sinceMs: nowMs, bannedUntilMs: 0 }
      this.#sources.set(address, source)
    }
    if (nowMs - source.sinceMs > windowMs) {
      source.failures = 0
      source.sinceMs = nowMs
    }
    return source
  }
}
