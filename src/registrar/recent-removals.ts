/**
 * What clients have removed lately: a REGISTER with a lower CSeq of the same Call-ID that comes after the removal was
 * sent before it, so it may not bring the binding back (RFC 3261 §10.2: requests of one client are carried out in the
 * order of their CSeq).
 */
import { RecentMap } from '../guard/index.ts'
import type { RequestMessage } from '../ports/bus.ts'
import type { Aor } from '../sip/uri/aor.ts'
import type { BindingIdentity } from './binding.ts'

/** A request that is later than this has been given up by its client (Timer F, RFC 3261 §17.1.2.2). */
const rememberedMs = 32_000
/** Of one shard; a removal beyond them is forgotten early. */
const removalsMax = 8_192

interface Removal {
  readonly cseq: number
  readonly atMs: number
}

export class RecentRemovals {
  readonly #removals = new RecentMap<string, Removal>(removalsMax)

  /** To be called inside the change that removes them; `atMs`: wall clock. */
  remember(aor: Aor, message: RequestMessage, removed: readonly BindingIdentity[], atMs: number): void {
    const cseq = message.request.cseq?.number ?? 0
    for (const identity of removed) this.#removals.set(keyOf(aor, message, identity), { cseq, atMs })
  }

  /** This REGISTER was sent before one that removed the binding, or is that one. */
  isOlder(aor: Aor, message: RequestMessage, identity: BindingIdentity, nowMs: number): boolean {
    const removal = this.#removals.get(keyOf(aor, message, identity))
    if (!removal || nowMs - removal.atMs > rememberedMs) return false
    return (message.request.cseq?.number ?? 0) <= removal.cseq
  }
}

function keyOf(aor: Aor, { request }: RequestMessage, identity: BindingIdentity): string {
  return `${aor} ${identity} ${request.callId}`
}
