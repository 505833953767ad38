/**
 * Remembers whose messages made our code throw: two failures with one hash refuse that message; three of one account or
 * source refuse it for 1, then 5, then 30 minutes. So a message that we cannot handle costs a bounded number of
 * failures.
 */
import type { Cause } from './cause.ts'

const refusalsMs = [60_000, 300_000, 1_800_000] as const
const hashesMax = 1_000
const sourcesMax = 10_000
const failuresPerHash = 2
const failuresPerSource = 3
/** So long after the last failure all is forgotten, and messages are no longer hashed: longer than any refusal. */
const rememberedMs = 3_600_000

interface Source {
  failures: number
  refusals: number
  refusedUntilMs: number
}

export class PoisonGuard {
  readonly #hashes = new Map<string, number>()
  readonly #sources = new Map<string, Source>()
  #lastFailureMs = 0

  /** Nothing failed lately: hashes need not be computed. */
  get isQuiet(): boolean {
    return this.#sources.size === 0 && this.#hashes.size === 0
  }

  refuses(cause: Cause, nowMs: number): boolean {
    if (this.isQuiet) return false
    if (nowMs - this.#lastFailureMs > rememberedMs) this.#forget()
    if (cause.hash !== '' && (this.#hashes.get(cause.hash) ?? 0) >= failuresPerHash) return true
    return (this.#sources.get(cause.who)?.refusedUntilMs ?? 0) > nowMs
  }

  /** True when this failure is the one from which on the message is refused. */
  failed({ hash, who }: Cause, nowMs: number): boolean {
    this.#lastFailureMs = nowMs
    const failures = (this.#hashes.get(hash) ?? 0) + 1
    if (hash !== '') bounded(this.#hashes, hashesMax).set(hash, failures)
    if (who !== '') this.#countSource(who, nowMs)
    return hash !== '' && failures === failuresPerHash
  }

  #countSource(who: string, nowMs: number): void {
    const source = this.#sources.get(who) ?? { failures: 0, refusals: 0, refusedUntilMs: 0 }
    bounded(this.#sources, sourcesMax).set(who, source)
    source.failures++
    if (source.failures < failuresPerSource) return
    const step = Math.min(source.refusals, refusalsMs.length - 1)
    source.refusedUntilMs = nowMs + (refusalsMs[step] as number)
    source.refusals++
    source.failures = 0
  }

  #forget(): void {
    this.#hashes.clear()
    this.#sources.clear()
  }
}

/** Makes room for one more entry by dropping the oldest. */
function bounded<K, V>(map: Map<K, V>, max: number): Map<K, V> {
  if (map.size >= max) map.delete(map.keys().next().value as K)
  return map
}
