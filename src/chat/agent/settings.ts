/**
 * Who a user agent is, and how patient.
 */
import type { Aor } from '../../sip/uri/aor.ts'

export interface BackOff {
  readonly baseMs: number
  readonly maxMs: number
}

export interface AgentSettings {
  readonly aor: Aor
  /** For digest; the user part of the AOR by default. */
  readonly username?: string
  readonly password: string
  /** `urn:uuid:…` (RFC 5626 §4.1); the same at every start, so that the server knows the device again. */
  readonly instanceId: string
  readonly regId: number
  readonly expiresSeconds: number
  /** Product and version. */
  readonly userAgent: string
  readonly backOff: BackOff
  /** Ids of messages that were shown already, from an earlier run. */
  readonly seen: readonly string[]
}

/**
 * RFC 5626 §4.5 begins with 30 s and ends at 30 min, and lets both be configured: that suits ten thousand desk phones
 * after a power cut. Behind this agent sits a person who waits; the server spreads its clients itself, by Retry-After.
 */
export const personalBackOff: BackOff = { baseMs: 2_000, maxMs: 60_000 }
