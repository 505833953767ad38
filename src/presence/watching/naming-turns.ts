/**
 * All watches at a place that begins anew are named to it between *begin* and *end*, those of some watchers in each
 * turn, so that others have theirs: ten thousand lists of fifty contacts would take a third of a second.
 */
import type { ShardHost, Unit } from '../../shard/index.ts'
import type { NumberTable } from './number-table.ts'

/** Watchers whose watches are named in one turn. */
const inTurn = 200

/** A watcher, by number, with his watches. */
export type WatchesOf<T> = readonly [watcher: number, watches: readonly T[]]

export class NamingTurns<T> {
  readonly #host: ShardHost
  readonly #name: (unit: Unit, watches: WatchesOf<T>) => void
  readonly #waits: (all: readonly WatchesOf<T>[], act: () => void) => boolean
  /** By place: of namings that are under way the newest, since that names all. */
  readonly #newest = new Map<number, readonly WatchesOf<T>[]>()

  /**
   * `name`: as far as they stand still; some may have ended since the naming began. `waits`: some of these could not be
   * named yet, and `act` is done behind that; false: all are.
   */
  constructor(
    host: ShardHost,
    name: (unit: Unit, watches: WatchesOf<T>) => void,
    waits: (all: readonly WatchesOf<T>[], act: () => void) => boolean = () => false,
  ) {
    this.#host = host
    this.#name = name
    this.#waits = waits
  }

  begin(unit: Unit, place: number, all: readonly WatchesOf<T>[]): void {
    unit.send(place, { kind: 'naming', worker: this.#host.worker, phase: 'begin' })
    unit.change(() => this.#newest.set(place, all))
    this.#goOn(unit, place, { all, from: 0 })
  }

  #goOn(unit: Unit, place: number, { all, from }: { all: readonly WatchesOf<T>[]; from: number }): void {
    const next = from + inTurn
    for (const watches of all.slice(from, next)) this.#name(unit, watches)
    if (next >= all.length) return unit.afterwards(() => this.#end(place, all))
    const onTimer = () => {
      if (this.#newest.get(place) !== all) return
      const cause = { who: '', what: 'watches-named', hash: '' }
      this.#host.run(cause, (later) => this.#goOn(later, place, { all, from: next }))
    }
    unit.change(() => void this.#host.timers.set(0, { onTimer }, 0))
  }

  /** What is said before it must be all. */
  #end(place: number, all: readonly WatchesOf<T>[]): void {
    if (this.#newest.get(place) !== all || this.#waits(all, () => this.#end(place, all))) return
    this.#host.run({ who: '', what: 'watches-named', hash: '' }, (unit) => {
      unit.send(place, { kind: 'naming', worker: this.#host.worker, phase: 'end' })
      unit.change(() => this.#newest.delete(place))
    })
  }
}

/** Somebody who is watched. */
export interface HasWatchers {
  readonly watchers: NumberTable
}

/** Of the watch at this place of the table. */
export type IsMeant<T extends HasWatchers> = (watched: T, index: number) => boolean

/** Those that are meant, as each watcher names his list. */
export function byWatcher<T extends HasWatchers>(
  presentities: Iterable<T>,
  isMeant: IsMeant<T>,
): readonly WatchesOf<T>[] {
  const found = new Map<number, T[]>()
  for (const watched of presentities) {
    for (let index = 0; index < watched.watchers.count; index++) {
      if (!isMeant(watched, index)) continue
      const number = watched.watchers.keyAt(index)
      const others = found.get(number)
      if (others) others.push(watched)
      else found.set(number, [watched])
    }
  }
  return [...found]
}
