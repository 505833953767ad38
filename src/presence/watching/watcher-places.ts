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
  /** Places of other servers that begin to name all: after a start of theirs their numbers may be lower than before. */
  readonly #anew = new Set<number>()

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

  /** To be called in a change. What has waited for the records of a user comes late: its number is a lower one. */
  heard({ watcher, worker, number }: WatchesMessage): void {
    if (!isOwnPlace(worker)) this.#ofOthers.set(watcher, worker)
    else if (this.#ofOthers.size > 0) this.#ofOthers.delete(watcher)
    if (this.#anew.delete(worker) || number > (this.#heard.get(worker) ?? 0)) this.#heard.set(worker, number)
  }

  /** To be called in a change. */
  beginsAnew(place: number): void {
    if (!isOwnPlace(place)) this.#anew.add(place)
  }

  /** He watches nobody here any more. */
  forget(watcher: Aor): void {
    if (this.#ofOthers.size > 0) this.#ofOthers.delete(watcher)
  }
}
