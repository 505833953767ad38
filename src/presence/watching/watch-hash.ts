/**
 * By which both ends of the watches between two shards compare what they have.
 */
import type { Aor } from '../../sip/uri/aor.ts'
import type { WatchVerdict } from './verdicts.ts'

/**
 * FNV-1a over both names and what the watcher may see: the same on both sides, whatever the order of the watches. A
 * watch that waits for a verdict which was lost differs, too.
 */
export function watchHash(presentity: Aor, watcher: Aor, verdict: WatchVerdict): number {
  let hash = 0x811c9dc5
  for (const text of [presentity, ' ', watcher, ' ', verdict]) {
    for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  }
  return hash >>> 0
}
