/**
 * What an administrator is shown of the links of one worker to one server (`meridian topology links`).
 */
import type { ServerRole } from '../../ports/topology.ts'

export interface LinkStatus {
  readonly server: string
  readonly role: ServerRole
  readonly isUp: boolean
  /** That are up, in both directions. */
  readonly connectionsCount: number
  readonly remoteAddresses: readonly string[]
  /** Of the peer, by its last hello; null: it was never heard. */
  readonly bootId: string | null
  readonly topologyVersion: number | null
  readonly protocol: string | null
  /** Of the last batch. */
  readonly roundTripMs: number | null
  readonly asksWaiting: number
  /** Why the last connection ended or could not be made; null while all is well. */
  readonly lastFault: string | null
}
