/**
 * Everything that a shard is handed from outside.
 */
import type { Causes } from '../guard/index.ts'
import type { BearerTokens } from '../ports/bearer-tokens.ts'
import type { Bus } from '../ports/bus.ts'
import type { Clock } from '../ports/clock.ts'
import type { Entropy } from '../ports/entropy.ts'
import type { Log } from '../ports/log.ts'
import type { Metrics } from '../ports/metrics.ts'
import type { Elsewhere, Places } from '../ports/places.ts'
import type { Pressure } from '../ports/pressure.ts'
import type { Seals } from '../ports/seals.ts'
import type { Store } from '../ports/store.ts'
import type { Timers } from '../ports/timers.ts'

export interface ShardPorts {
  readonly bus: Bus
  readonly places: Places
  /** Null where there are no other servers. */
  readonly elsewhere: Elsewhere | null
  /** Accounts come from a directory too, which main asks for users whom nobody here knows. */
  readonly asksDirectory: boolean
  readonly clock: Clock
  readonly timers: Timers
  readonly entropy: Entropy
  readonly seals: Seals
  readonly store: Store
  readonly log: Log
  readonly metrics: Metrics
  readonly causes: Causes
  readonly pressure: Pressure
  /** Missing or null where no bearer tokens are taken. */
  readonly tokens?: BearerTokens | null
}
