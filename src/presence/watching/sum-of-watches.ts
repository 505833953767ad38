/**
 * What either side of the watches between two shards has, as they compare it: count and sum of hashes.
 */
import type { Aor } from '../../sip/uri/aor.ts'
import type { Names } from './names.ts'
import type { HasWatchers } from './naming-turns.ts'
import { verdictOf } from './verdicts.ts'
import { isInPart, type Part, watchHash } from './watch-hash.ts'
import type { Watching } from './watching.ts'

interface Watched extends HasWatchers {
  readonly aor: Aor
}

interface Sum {
  readonly count: number
  readonly hash: number
}

/** The watchers' side. */
export function sumOfWatches(presentities: Iterable<Watched>, names: Names): Sum {
  let count = 0
  let hash = 0
  for (const { aor, watchers } of presentities) {
    for (let index = 0; index < watchers.count; index++) {
      // The other end does not keep who waits for a user that is not there.
      const verdict = verdictOf(watchers.valueAt(index))
      if (verdict === 'unknown') continue
      count++
      hash = (hash + watchHash(aor, names.nameOf(watchers.keyAt(index)), verdict)) >>> 0
    }
  }
  return { count, hash }
}

/** The presentities' side: what this worker has here. */
export function sumOfWatchers<P extends { readonly aor: Aor }>(
  presentities: Iterable<P>,
  watchersOf: (presentity: P) => Iterable<Watching>,
  { worker, part }: { readonly worker: number; readonly part: Part },
): Sum {
  let count = 0
  let hash = 0
  for (const presentity of presentities) {
    if (!isInPart(presentity.aor, part)) continue
    for (const { watcher, shard, verdict } of watchersOf(presentity)) {
      if (shard !== worker || verdict === 'unknown') continue
      count++
      hash = (hash + watchHash(presentity.aor, watcher, verdict)) >>> 0
    }
  }
  return { count, hash }
}
