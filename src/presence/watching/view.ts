/**
 * What a watcher may be shown of a presentity.
 */
import type { StateVersion } from '../../ports/presence-bus.ts'
import type { WatchVerdict } from './verdicts.ts'

/** What a watcher may be shown now. */
export interface View {
  readonly verdict: WatchVerdict
  readonly version: StateVersion | null
  readonly document: Uint8Array | null
  /** Its shard is gone for so long that the last state says nothing any more. */
  readonly isUnknown: boolean
}

/** Nobody has said anything yet. */
export const nothing: View = Object.freeze({
  verdict: 'asked' as const,
  version: null,
  document: null,
  isUnknown: false,
})
