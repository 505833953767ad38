/**
 * What administrators can ask of the state of a running server, and of its backups; and what the backend stands on.
 */
import type { ServerRole, Topology } from '../../ports/topology.ts'
import type { Figures } from '../figures.ts'
import type { AdminResult } from '../result.ts'

/** A bound of a histogram; `longer` than the last one; null: nothing happened. */
export type ToldBound = number | 'longer' | null

export interface ToldFigures extends Omit<Figures, 'latencySeconds'> {
  readonly latencySeconds: Readonly<Record<string, { readonly p50: ToldBound; readonly p99: ToldBound }>>
}

export interface ShownCertificate {
  /** Which of the server's files it is. */
  readonly what: string
  readonly subject: string
  /** Below 0 when it is over; null where it cannot be read. */
  readonly daysLeft: number | null
  readonly fault: string | null
}

export interface StateSummary {
  readonly version: string
  /** Milliseconds since 1970 of the system's clock. */
  readonly startedMs: number
  readonly atMs: number
  /** What rates and latencies are taken over; 0: there are none yet. */
  readonly intervalSeconds: number
  readonly figures: ToldFigures
  readonly store: { readonly bytes: number; readonly writable: boolean; readonly detail: string }
  readonly certificates: readonly ShownCertificate[]
}

export interface ShownTopology extends Omit<Topology, 'deniedFingerprints'> {
  /** The name of this server in it. */
  readonly own: string | null
  /** How many certificates are denied. */
  readonly deniedCount: number
}

/** One worker's links to one other server. */
export interface ShownLink {
  readonly peer: string
  /** As in the topology. */
  readonly role: ServerRole
  readonly worker: number
  readonly state: 'up' | 'down'
  /** That are up: one that this server has made, and those that the peer has. */
  readonly connections: number
  readonly remoteAddresses: readonly string[]
  /** Of the oldest connection that is up. */
  readonly ageSeconds: number | null
  /** What the peer has shown; null while no connection is up. */
  readonly certificate: PeerCertificate | null
  /** Of the last batch, until it was confirmed. */
  readonly roundTripMs: number | null
  /** Messages that have not left. */
  readonly waiting: number
  /** Since the worker has begun. */
  readonly sent: LinkTraffic
  readonly received: LinkTraffic
  /** What the peer has said of itself at its last hello; null: it was never heard. */
  readonly peerTopologyVersion: number | null
  readonly protocol: string | null
  readonly clockAheadMs: number | null
  /** Why the last connection ended or could not be made; null while all is well. */
  readonly lastFault: string | null
}

export interface PeerCertificate {
  readonly names: readonly string[]
  /** Milliseconds since 1970. */
  readonly notAfterMs: number
  /** Below 0 when it is over. */
  readonly daysLeft: number
}

export interface LinkTraffic {
  readonly messages: number
  /** Of batches. */
  readonly bytes: number
}

/** How the links of this server are, as it sees them: of links between others it knows nothing. */
export interface ShownLinks {
  readonly own: string
  readonly topologyVersion: number
  readonly links: readonly ShownLink[]
  /** That run and did not say in time how theirs are. */
  readonly silentWorkers: readonly number[]
}

export interface ShownReport {
  readonly file: string
  /** When it was written. */
  readonly atMs: number
  /** `report.json` as it is; docs/report.schema.json says what is in it. */
  readonly report: unknown
}

export interface BackupReport {
  readonly folder: string
  readonly records: number
  readonly bytes: number
}

export interface MadeBackup {
  readonly folder: string
  readonly atMs: number
}

export interface StateBackend {
  summary(): Promise<AdminResult<StateSummary>>
  /** Null: this server stands alone. */
  topology(): Promise<AdminResult<ShownTopology | null>>
  /** Null: this server stands alone. */
  links(): Promise<AdminResult<ShownLinks | null>>
  /** The newest one; null: there is none. */
  report(): Promise<AdminResult<ShownReport | null>>
}

export interface BackupsBackend {
  /** Newest first. */
  list(): Promise<AdminResult<readonly MadeBackup[]>>
  /** Into a new folder among the others. */
  make(): Promise<AdminResult<BackupReport>>
}

/** Null: no server runs. */
export interface StateBook {
  summary(): Promise<StateSummary | null>
  topology(): ShownTopology | null
  links(): Promise<ShownLinks | null>
  /** Text: it cannot be read. */
  report(): ShownReport | null | string
}

export interface BackupBook {
  /** A folder that is not there yet. */
  newFolder(atMs: number): string
  list(): Promise<readonly MadeBackup[]>
}
