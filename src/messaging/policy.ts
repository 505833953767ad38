/**
 * May this sender write to this recipient? Asked at the recipient's shard. Presence policy answers it; until a user has
 * one, everybody may.
 */
import type { Aor } from '../sip/uri/aor.ts'

/** `polite-block`: the sender is answered as if the recipient had no device, and nothing is kept. */
export type MessageVerdict = 'allow' | 'forbid' | 'polite-block'

export interface MessagePolicy {
  mayMessage(sender: Aor, recipient: Aor): MessageVerdict
}

export const allowAll: MessagePolicy = Object.freeze({ mayMessage: () => 'allow' as const })
