/**
 * Who may see whom, and who may write to whom, as those see it who ask: always at the shard of the presentity or
 * recipient. `src/policy/` decides.
 */
import type { Aor } from '../sip/uri/aor.ts'

/**
 * Who wants to see or write, by all of their names, since a rule may speak of any of them. An `Account` is one.
 */
export interface PolicyParty {
  readonly aor: Aor
  readonly aliases: readonly Aor[]
  readonly groups: readonly string[]
}

/** Without what else an account holds: this crosses the bus with every message. */
export function partyOf({ aor, aliases, groups }: PolicyParty): PolicyParty {
  return { aor, aliases, groups }
}

/** What becomes of a subscription: RFC 5025 §3.2.1 (`sub-handling`); `confirm` leaves it pending. */
export type SeeVerdict = 'allow' | 'block' | 'polite-block' | 'confirm'

/** `polite-block`: the sender is answered as if the recipient had no device, and nothing is kept. */
export type MessageVerdict = 'allow' | 'forbid' | 'polite-block'

/** Of pager-mode messages, and of everything else that leads to a user's devices: sessions, calls. */
export interface MessagePolicy {
  mayMessage(sender: PolicyParty, recipient: Aor): MessageVerdict
}

export const allowAll: MessagePolicy = Object.freeze({ mayMessage: () => 'allow' as const })
