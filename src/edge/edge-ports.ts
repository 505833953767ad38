/**
 * What an edge is handed from outside, and what it is told about the server.
 */
import type { Bus } from '../ports/bus.ts'
import type { Clock } from '../ports/clock.ts'
import type { Entropy } from '../ports/entropy.ts'
import type { Log } from '../ports/log.ts'
import type { Metrics } from '../ports/metrics.ts'
import type { Seals } from '../ports/seals.ts'
import type { Timers } from '../ports/timers.ts'

export interface EdgePorts {
  readonly bus: Bus
  readonly clock: Clock
  readonly timers: Timers
  readonly entropy: Entropy
  readonly seals: Seals
  readonly log: Log
  readonly metrics: Metrics
}

export interface EdgeSettings {
  readonly domains: readonly string[]
  readonly realm: string
  /** 64 random bits of this start, hexadecimal. */
  readonly bootId: string
  readonly failuresPerFlowMax: number
  readonly requestsPerSecond: number
  readonly requestsBurst: number
  /** Requests over UDP beyond this many bytes are not sent as fragments. */
  readonly udpFragmentBytesMax: number
  readonly serverName: string
}
