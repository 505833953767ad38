/**
 * One presentity at its shard: its publications, who watches it, and its newest state, made when somebody needs it.
 */
import type { StateVersion } from '../../ports/presence-bus.ts'
import type { HardStateSource } from '../../ports/records/hard-state.ts'
import type { TimerHandle } from '../../ports/timers.ts'
import type { Aor } from '../../sip/uri/aor.ts'
import type { HeldHardState } from '../hard-state.ts'
import type { Publication } from '../publishing/publication.ts'
import { NumberTable } from './number-table.ts'

export class Presentity {
  readonly aor: Aor
  readonly publications = new Map<string, Publication>()
  readonly hardStates = new Map<HardStateSource, HeldHardState>()
  /** Watchers, by number → verdict and when it was named (`naming-rounds.ts`), and since when. */
  readonly watchers = new NumberTable({ isTimed: true })
  /** Devices that broke off count as there until these fire. */
  readonly leaving = new Map<string, TimerHandle>()
  version: StateVersion
  /** The document of that version; null: it has to be composed. */
  document: Uint8Array | null = null
  /** Set while something in that document will begin or end by itself. */
  validity: TimerHandle | null = null
  /** Keys of records that cannot be read: removed with the user. */
  readonly unreadableKeys: string[] = []

  constructor(aor: Aor, version: StateVersion) {
    this.aor = aor
    this.version = version
  }

  /** Nothing is known of it and nobody wants to know. */
  get isEmpty(): boolean {
    const isSilent = this.publications.size === 0 && this.hardStates.size === 0
    return isSilent && this.watchers.count === 0 && this.leaving.size === 0
  }

  /** Later than all before, so that of two in one millisecond the second is the newer one. */
  nextPublishedMs(nowMs: number): number {
    let newestMs = 0
    for (const { publishedMs } of this.publications.values()) newestMs = Math.max(newestMs, publishedMs)
    return Math.max(nowMs, newestMs + 1)
  }

  findOperation(operationId: string): Publication | null {
    for (const publication of this.publications.values()) {
      if (publication.operationId === operationId) return publication
    }
    return null
  }
}
