/**
 * Both ends of the watches between two shards compare now and then what they have: what the bus has lost is found, and
 * all is named again. Many watches are compared in parts, each in a turn of its own, so that others have theirs.
 */
import type { WatchCheckMessage } from '../../ports/presence-bus.ts'
import type { ShardHost, Unit } from '../../shard/index.ts'
import { inTurns } from './in-turns.ts'
import type { Part } from './watch-hash.ts'

/** So many watches make a part: a millisecond or two of each end. */
const partWatches = 5_000

interface End {
  /** Count and sum of hashes of the watches that this end has with that shard, of presentities in this part. */
  sumOf(worker: number, part: Part): { readonly count: number; readonly hash: number }
}

export class WatchComparison {
  readonly #host: ShardHost
  readonly #watches: End & { readonly pairsCount: number }
  readonly #presentities: End
  readonly #onRepair: () => void
  /** By shard: when it was last asked to name its watches, all of them, monotonic. */
  readonly #askedMs = new Map<number, number>()
  readonly #betweenMs: number

  /** `betweenMs`: shards that found several parts different in one comparison are asked once. */
  constructor(parts: {
    host: ShardHost
    watches: End & { readonly pairsCount: number }
    presentities: End
    onRepair: () => void
    betweenMs: number
  }) {
    this.#host = parts.host
    this.#watches = parts.watches
    this.#presentities = parts.presentities
    this.#onRepair = parts.onRepair
    this.#betweenMs = parts.betweenMs
  }

  /** Says to every shard what this one has there, the first part now. To be called after a unit. */
  begin(): void {
    const host = this.#host
    const parts = Math.max(1, Math.ceil(this.#watches.pairsCount / partWatches))
    const all = Array.from({ length: parts }, (_, part) => ({ part, parts }))
    inTurns(host.timers, all, 1, ([part]) => {
      host.run({ who: '', what: 'watch-check', hash: '' }, (unit) => this.#say(unit, part!))
    })
  }

  /** What another shard has here. */
  onCheck(unit: Unit, { worker, count, hash, part, parts }: WatchCheckMessage): void {
    const own = this.#presentities.sumOf(worker, { part, parts })
    if (own.count === count && own.hash === hash) return
    const nowMs = this.#host.clock.monotonicMs()
    if (nowMs - (this.#askedMs.get(worker) ?? Number.NEGATIVE_INFINITY) < this.#betweenMs) return
    this.#onRepair()
    unit.change(() => this.#askedMs.set(worker, nowMs))
    unit.send(worker, { kind: 'name-again', worker: this.#host.worker, presentity: null })
  }

  #say(unit: Unit, part: Part): void {
    for (const place of this.#host.everyShard()) {
      const sum = this.#watches.sumOf(place, part)
      unit.send(place, { kind: 'watch-check', worker: this.#host.worker, ...sum, ...part })
    }
  }
}
