/**
 * What a user agent tells its owner, and the messages that the owner gives it.
 */
import type { Aor } from '../../sip/uri/aor.ts'
import type { PresenceState } from '../bodies/presence-body.ts'
import type { ConnectFailure } from './ports.ts'

/** The owner makes it and meets the same object again in its outcome. */
export interface OutgoingMessage {
  readonly peer: Aor
  readonly text: string
}

export type MessageOutcome =
  /** 200: at least one device of the peer has it. */
  | { readonly kind: 'delivered' }
  /** 202: stored, until the peer signs in. */
  | { readonly kind: 'stored' }
  /** Status 0: there was no answer, and whether it arrived is not known. */
  | { readonly kind: 'failed'; readonly status: number; readonly reason: string }

export interface IncomingMessage {
  /** The sender, as the server has checked it. */
  readonly from: Aor
  readonly text: string
  /** When it was sent: the message's Date, else now. Milliseconds since 1970. */
  readonly sentMs: number
  /** The same for a repetition of the same message. */
  readonly id: string
}

/** What is known of somebody who is watched. */
export type SeenPresence =
  | ({ readonly kind: 'told' } & PresenceState)
  /** The other one has not decided yet. */
  | { readonly kind: 'pending' }
  /** No longer a contact. */
  | { readonly kind: 'removed' }
  /** The server does not tell: nobody of that name, not to us, or not at all. Asked again after the next reconnect. */
  | { readonly kind: 'refused'; readonly status: number; readonly reason: string }

export type AgentEvent =
  | { readonly kind: 'connecting' }
  /** At the first sign-in and after each reconnect; not at refreshes. */
  | { readonly kind: 'registered'; readonly transport: string; readonly address: string }
  /** The connection, or the registration over it, failed; the next attempt comes by itself. */
  | { readonly kind: 'disconnected'; readonly failure: ConnectFailure; readonly retryMs: number }
  /** The server does not let this user in; the agent has stopped. */
  | { readonly kind: 'refused'; readonly status: number; readonly reason: string }
  | { readonly kind: 'outcome'; readonly message: OutgoingMessage; readonly outcome: MessageOutcome }
  | ({ readonly kind: 'message' } & IncomingMessage)
  /** What this user sent from another device (`im-sent-copies`). */
  | {
      readonly kind: 'sent-copy'
      readonly to: Aor
      readonly text: string
      readonly sentMs: number
      readonly id: string
    }
  | { readonly kind: 'composing'; readonly from: Aor; readonly isActive: boolean }
  /** At first, and with each NOTIFY, also when it says the same again. */
  | { readonly kind: 'presence'; readonly of: Aor; readonly presence: SeenPresence }
  /** Others see this state of ours. */
  | { readonly kind: 'published'; readonly state: PresenceState }
  | {
      readonly kind: 'publish-refused'
      readonly state: PresenceState
      readonly status: number
      readonly reason: string
    }
  /** After `stop`. */
  | { readonly kind: 'stopped' }

export interface AgentListener {
  onAgentEvent(event: AgentEvent): void
}
