/**
 * A subscription as its package sees it: who watches what, and room for what the package keeps.
 */
import type { Aor } from '../sip/uri/aor.ts'

export interface SubscriptionHandle {
  /** Names it within this start of the worker. */
  readonly number: number
  readonly watcher: Aor
  /** The Request-URI that it was made with. */
  readonly resourceUri: string
  readonly supportsLists: boolean
  /** What the package keeps for it. */
  data: unknown
}
