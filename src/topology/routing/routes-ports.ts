/**
 * What the routes of a worker are handed from outside, and what they are told about the topology.
 */
import type { Bus } from '../../ports/bus.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Links } from '../../ports/links.ts'
import type { Log } from '../../ports/log.ts'
import type { Metrics } from '../../ports/metrics.ts'
import type { Seals } from '../../ports/seals.ts'
import type { Timers } from '../../ports/timers.ts'
import type { ServerRole, Topology } from '../../ports/topology.ts'
import type { Aor } from '../../sip/uri/aor.ts'

export interface RoutesPorts {
  /** Between the workers of this server. */
  readonly bus: Bus
  readonly links: Links
  readonly clock: Clock
  readonly timers: Timers
  readonly seals: Seals
  readonly log: Log
  readonly metrics: Metrics
}

/** Plain data: it crosses to the worker's thread as it is. */
export interface RoutesSettings {
  readonly role: ServerRole
  /** 64 random bits of this start, hexadecimal. */
  readonly bootId: string
  readonly topology: Topology
  /**
   * Names of servers by their number, this one first, the same for all workers for the time of this start: names are
   * added behind the others and never taken away.
   */
  readonly numbers: readonly string[]
  /** A front end's: clients are sent to their homes instead of being served by it. */
  readonly redirects: boolean
  /** Whose home is which server is asked of a directory, by main. */
  readonly asksDirectory: boolean
}

export interface RoutesOwner {
  /** That worker, and all that it owned, is gone or out of reach. */
  onPlaceGone(place: number): void
  /** That worker cannot know any more what it was told before. */
  onPeerJoined(place: number): void
  /** All names of a user whose home may be another one than before; it is known now, or nobody's. */
  onHomeFound(names: readonly Aor[]): void
}
