/**
 * Who sends a request, as far as that is proved: what a flow has proved before, and what shows it beside a secret of
 * the account, a client's certificate or a bearer token that this server has checked.
 */
import type { Aor } from '../sip/uri/aor.ts'

/**
 * What the flow has proved: it may speak for these AORs while the epoch stands (never after `untilMs`, steady wall
 * clock).
 */
export interface FlowIdentity {
  readonly aor: Aor
  readonly aliases: readonly Aor[]
  readonly epoch: number
  readonly untilMs: number
  /**
   * Of a flow of another server: what its account's home has given that server, and wants to see again. Only that home
   * reads it, only from that server. Null for flows of the home itself.
   */
  readonly token: string | null
  /** The end of what proved it, where it has one of its own (`Proof`): no binding outlives that. */
  readonly provedUntilMs: number | null
}

/**
 * What shows beside a secret who sends a request: checked in this server, where its authorities and issuers are
 * configured, and never taken from another server.
 */
export interface Proof {
  readonly by: 'certificate' | 'token'
  /** Whom it names, in the words of authority or issuer; the account's own address or an alias must be among them. */
  readonly names: readonly Aor[]
  /** When a token was issued: an account's later epoch ends it. Null of certificates. */
  readonly madeMs: number | null
  readonly untilMs: number
}

/** A bearer token that proves nothing, or nothing that can be known now. `detail`: for the audit log. */
export interface RefusedToken {
  readonly refused: 'invalid' | 'expired' | 'not-encrypted' | 'unavailable'
  readonly detail: string
}
