/**
 * What administrators can ask of a user's presence.
 */
import type { HardStateWords, PresenceSource } from '../../ports/admin.ts'
import type { SeeVerdict } from '../../ports/policy.ts'
import type { HardStateSource } from '../../ports/records/hard-state.ts'
import type { AdminResult } from '../result.ts'

/** One of both: simple words, or a whole document. */
export interface NewHardState extends HardStateWords {
  readonly by: HardStateSource
  /** PIDF (RFC 3863) about this user; null: the words say it. */
  readonly document: string | null
  /** Milliseconds since 1970 of the system's clock; null: open to that side. */
  readonly fromMs: number | null
  readonly untilMs: number | null
}

export interface PresenceSummary {
  readonly aor: string
  readonly basic: 'open' | 'closed'
  readonly activity: string | null
  readonly notes: readonly string[]
  readonly devicesOnline: number
  readonly sources: readonly PresenceSource[]
  /** PIDF, as watchers see it who may see all. */
  readonly document: string
}

export interface WatchersSummary {
  readonly aor: string
  readonly watchers: readonly {
    readonly watcher: string
    readonly state: SeeVerdict
    /** ISO 8601, UTC. */
    readonly since: string
  }[]
}

export interface PresenceBackend {
  show(user: string): Promise<AdminResult<PresenceSummary>>
  watchers(user: string): Promise<AdminResult<WatchersSummary>>
  /** In place of what the same source has said before. */
  set(user: string, state: NewHardState): Promise<AdminResult<PresenceSummary>>
  clear(user: string, by: HardStateSource): Promise<AdminResult<PresenceSummary>>
}
