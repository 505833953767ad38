/**
 * Which shard owns an AOR: a hash over 4,096 buckets, then a table made from the number of workers at start.
 * Nothing on disk knows about either, so a server may start with another number of workers.
 */
export const bucketsCount = 4096

/** FNV-1a over UTF-16 code units: AORs are ASCII after escaping, so this equals the hash of their bytes. */
export function bucketOf(aor: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < aor.length; index++) hash = Math.imul(hash ^ aor.charCodeAt(index), 0x01000193)
  // The low bits of FNV-1a mix worst; fold the high ones in.
  return ((hash >>> 16) ^ hash) & (bucketsCount - 1)
}

export function shardOf(aor: string, shardsCount: number): number {
  return bucketOf(aor) % shardsCount
}
