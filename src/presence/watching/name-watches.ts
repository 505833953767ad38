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

/** `watches`: each presentity once. */
export function nameWatches(unit: Unit, party: PolicyParty, isWanted: boolean, watches: Iterable<PlacedWatch>): void {
  const byShard = new Map<number, NamedWatch[]>()
  for (const { shard, presentity, known } of watches) {
    let entries = byShard.get(shard)
    if (!entries || entries.length === watchesInMessageMax) {
      entries = []
      byShard.set(shard, entries)
      const message: WatchesMessage = { kind: 'watches', watcher: party.aor, party, isWanted, entries }
      unit.send(shard, message)
    }
    entries.push({ presentity, known })
  }
}
