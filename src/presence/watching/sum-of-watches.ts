/**
 * What the watchers' side of watches has, as it is compared with the other end: count and sum of hashes.
 */
import type { Aor } from '../../sip/uri/aor.ts'
import type { Names } from './names.ts'
import type { HasWatchers } from './naming-turns.ts'
import { verdictOf } from './verdicts.ts'
import { watchHash } from './watch-hash.ts'

interface Watched extends HasWatchers {
  readonly aor: Aor
}

export function sumOfWatches(presentities: Iterable<Watched>, names: Names): { count: number; hash: number } {
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
