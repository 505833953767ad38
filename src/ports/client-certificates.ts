/**
 * Certificates that clients show in the TLS handshake, as the edge sees them: whom they name, or why they are worth
 * nothing. Which authorities are believed, and which of a certificate's names count, is known behind this port.
 */
import type { CertificateRefusal, LinkEvidence } from './link-flow.ts'

export type ClientVerdict =
  /** `names`: SIP addresses, `sip:alice@example.test`; at least one. `untilMs`: when it ends, system clock. */
  | { readonly ok: true; readonly names: readonly string[]; readonly untilMs: number }
  | { readonly ok: false; readonly refusal: CertificateRefusal }

export interface ClientCertificates {
  check(evidence: LinkEvidence): ClientVerdict
}
