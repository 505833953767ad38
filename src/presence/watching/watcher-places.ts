/**
 * Where watchers' shards are, as a presentity's shard sees it: on this server by their names, on another one by what
 * has named their watches. And what each of these places has named last.
 */
import { isOwnPlace } from '../../ports/places.ts'
import type { WatchesMessage } from '../../ports/presence-bus.ts'
import type { ShardHost } from '../../shard/index.ts'
import type { Aor } from '../../sip/uri/aor.ts'

export class WatcherPlaces {
  readonly #host: ShardHost
  readonly #ofOthers = new Map<Aor, number>()
  /** By place: the newest number of what it has named. */
  readonly #heard = new Map<number, number>()

  constructor(host: ShardHost) {
    this.#host = host
  }

  of(watcher: Aor): number {
    return this.#ofOthers.get(watcher) ?? this.#host.shardOf(watcher)
  }

  /** The newest `number` that was heard of the watcher's shard. */
  heardOf(watcher: Aor): number {
    return this.#heard.get(this.of(watcher)) ?? 0
  }

  /** To be called in a change. */
  heard({ watcher, worker, number }: WatchesMessage): void {
    if (!isOwnPlace(worker)) this.#ofOthers.set(watcher, worker)
    else if (this.#ofOthers.size > 0) this.#ofOthers.delete(watcher)
    this.#heard.set(worker, number)
  }

  /** He watches nobody here any more. */
  forget(watcher: Aor): void {
    if (this.#ofOthers.size > 0) this.#ofOthers.delete(watcher)
  }
}
