/**
 * Which records a shard's scan gives: those whose first key part is an AOR that the shard owns.
 */
import { keyOwner } from '../ports/records/keys.ts'
import { shardOf } from '../ports/sharding.ts'
import type { ScanRange, StoreKey } from '../ports/store.ts'

/** Server-wide records (`!…`) belong to no shard. */
export function ownedBy(key: StoreKey, shard: NonNullable<ScanRange['shard']>): boolean {
  return !key.startsWith('!') && shardOf(keyOwner(key), shard.count) === shard.index
}
