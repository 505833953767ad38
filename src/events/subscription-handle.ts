/**
 * A subscription as its package sees it: who watches what, and room for what the package keeps.
 */
import type { TransportName } from '../ports/flows.ts'
import type { Aor } from '../sip/uri/aor.ts'

export interface SubscriptionHandle {
  /** Names it within this start of the worker. */
  readonly number: number
  readonly watcher: Aor
  /** The Request-URI that it was made with. */
  readonly resourceUri: string
  readonly supportsLists: boolean
  /** Reads partial presence, and rather than whole documents (RFC 5263 §4.1). */
  readonly supportsPartial: boolean
  /** The watcher says that it has another state than it was told last (RFC 5839), perhaps from elsewhere. */
  readonly hasOther: boolean
  /** By which its NOTIFYs leave; null while its device is not there. */
  readonly transport: TransportName | null
  /** CSeq numbers of NOTIFYs below this may have been used in an earlier start; 0 for one that was made in this. */
  readonly sequenceCeiling: number
  /** What the package keeps for it; at `begin` after a start what `keptBody` had said. */
  data: unknown
}
