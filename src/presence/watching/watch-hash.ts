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
  let hash = begun
  for (const text of [presentity, ' ', watcher, ' ', verdict]) hash = hashed(hash, text)
  return hash >>> 0
}

/** Some of the presentities; both ends take the same ones for it. */
export interface Part {
  /** From 0 up to `parts`, exclusive. */
  readonly part: number
  readonly parts: number
}

export function isInPart(presentity: Aor, { part, parts }: Part): boolean {
  return parts === 1 || (hashed(begun, presentity) >>> 0) % parts === part
}

const begun = 0x811c9dc5

function hashed(from: number, text: string): number {
  let hash = from
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  return hash
}
