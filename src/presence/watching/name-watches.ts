/**
 * Says to the shards of presentities that somebody watches them, or no longer does: one message for each shard, in
 * slices where it would be long.
 */
import type { PolicyParty } from '../../ports/policy.ts'
import { type NamedWatch, type WatchesMessage, watchesInMessageMax } from '../../ports/presence-bus.ts'
import type { Unit } from '../../shard/index.ts'

/** A watch as its watcher's shard names it, and where its presentity lives. */
export interface PlacedWatch extends NamedWatch {
  readonly shard: number
}

/** What is said of a watcher's watches. */
export interface Naming {
  /** Of the shard that names them. */
  readonly worker: number
  readonly party: PolicyParty
  readonly isWanted: boolean
  readonly number: number
}

/** `watches`: each presentity once. */
export function nameWatches(unit: Unit, naming: Naming, watches: Iterable<PlacedWatch>): void {
  const byShard = new Map<number, NamedWatch[]>()
  for (const { shard, presentity, known } of watches) {
    let entries = byShard.get(shard)
    if (!entries || entries.length === watchesInMessageMax) {
      entries = []
      byShard.set(shard, entries)
      const message: WatchesMessage = { kind: 'watches', watcher: naming.party.aor, ...naming, entries }
      unit.send(shard, message)
    }
    entries.push({ presentity, known })
  }
}
