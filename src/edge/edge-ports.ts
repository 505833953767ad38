/**
 * What an edge is handed from outside, and what it is told about the server.
 */
import type { Causes, SheddingLimits } from '../guard/index.ts'
import type { AuditNotes } from '../ports/audit-notes.ts'
import type { Bus } from '../ports/bus.ts'
import type { ClientCertificates } from '../ports/client-certificates.ts'
import type { Clock } from '../ports/clock.ts'
import type { Entropy } from '../ports/entropy.ts'
import type { Log } from '../ports/log.ts'
import type { Metrics } from '../ports/metrics.ts'
import type { Places } from '../ports/places.ts'
import type { Pressure } from '../ports/pressure.ts'
import type { Seals } from '../ports/seals.ts'
import type { Timers } from '../ports/timers.ts'
import type { WireTaps } from '../ports/wire-tap.ts'
import type { BearerTerms } from '../sip/bearer/bearer.ts'

export interface EdgePorts {
  readonly bus: Bus
  readonly places: Places
  readonly clock: Clock
  readonly timers: Timers
  readonly entropy: Entropy
  readonly seals: Seals
  readonly log: Log
  readonly metrics: Metrics
  readonly causes: Causes
  readonly pressure: Pressure
  readonly taps: WireTaps
  /** Null where clients' certificates mean nothing. */
  readonly certificates: ClientCertificates | null
  readonly audit: AuditNotes
}

/** Each counted per worker. A rate of 0 turns a limit off. */
export interface EdgeLimits extends SheddingLimits {
  /** What the process may hold before it refuses; 0: what the machine has. Read by the runtime. */
  readonly memoryBytesMax: number
  /** Requests of one flow. */
  readonly flow: { readonly requestsPerSecond: number; readonly burst: number }
  /** Requests of one address on flows that have not signed in. */
  readonly source: { readonly requestsPerSecond: number; readonly burst: number }
  readonly newFlowsPerSecond: number
  readonly failuresPerMinute: number
  readonly banMs: number
}

export interface EdgeSettings {
  readonly domains: readonly string[]
  readonly realm: string
  /** 64 random bits of this start, hexadecimal. */
  readonly bootId: string
  readonly failuresPerFlowMax: number
  /** What a challenge says of bearer tokens (RFC 8898); null where none are taken. */
  readonly bearer: BearerTerms | null
  readonly limits: EdgeLimits
  /** Requests over UDP beyond this many bytes are not sent as fragments. */
  readonly udpFragmentBytesMax: number
  readonly serverName: string
  /** Users may have their homes elsewhere, and the nonces of challenges are the home's. */
  readonly homesChallenge: boolean
  /** A front end's: REGISTERs that are answered 200 have passed it (RFC 3327 §5.2). */
  readonly addsPath: boolean
}
