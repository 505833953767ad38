/**
 * What is being delivered: a message with what we know of it, the same for all devices that it is offered to.
 */
import type { RequestSource } from '../ports/bus.ts'
import type { SipMessage } from '../sip/message/sip-message.ts'
import type { Aor } from '../sip/uri/aor.ts'

export interface Letter {
  readonly sender: Aor
  readonly request: SipMessage
  readonly operationId: string
  readonly receivedMs: number
  readonly expiresMs: number
  readonly date: string
  readonly isTransient: boolean
  /** The sender's shard makes copies of it once it is delivered or stored. */
  readonly isCopied: boolean
  /** Null for what we send ourselves. */
  readonly source: RequestSource | null
}
