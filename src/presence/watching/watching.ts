/**
 * One watch as the presentity's shard has it, and who judges it.
 */
import type { PolicyParty } from '../../ports/policy.ts'
import type { SeeVerdict } from '../../ports/presence-bus.ts'
import type { Aor } from '../../sip/uri/aor.ts'

/** Who may see whom; asked at the presentity's shard. */
export interface SeePolicy {
  maySee(watcher: PolicyParty, presentity: Aor): Exclude<SeeVerdict, 'unknown'>
}

/** Somebody who watches, at which shard, what he may see, and since when this start of the shard knows of it. */
export interface Watching {
  readonly watcher: Aor
  readonly shard: number
  readonly verdict: SeeVerdict
  readonly sinceMs: number
}
