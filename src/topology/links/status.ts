/**
 * What an administrator is shown of the links of one worker to one server (`meridian topology links`).
 */
import type { ServerRole } from '../../ports/topology.ts'

export interface LinkTraffic {
  readonly messages: number
  readonly bytes: number
}

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
  /** Since the oldest of the connections that are up; null: none is. */
  readonly upForMs: number | null
  /** DER: what the peer has shown on a connection that is up. */
  readonly certificate: Uint8Array | null
  /** The peer's clock less ours, at its last hello. */
  readonly clockAheadMs: number | null
  /** Of the last batch. */
  readonly roundTripMs: number | null
  readonly asksWaiting: number
  readonly factsWaiting: number
  /** Since this worker has begun; bytes are those of batches. */
  readonly sent: LinkTraffic
  readonly received: LinkTraffic
  /** Why the last connection ended or could not be made; null while all is well. */
  readonly lastFault: string | null
}
