/**
 * One TLS connection to another server, between `src/transport/` (who has the socket) and `src/topology/links/` (who
 * says what goes over it).
 */
import type { ServerRole, Topology } from './topology.ts'

export interface LinkFlow {
  readonly remoteAddress: string
  readonly remotePort: number
  /** What the peer has shown in the handshake. */
  readonly evidence: LinkEvidence
  /** Bytes accepted by `send` and not yet by the kernel. */
  readonly bufferedBytes: number
  /** Writes of one tick are joined. Silently dropped after the flow has ended. */
  send(bytes: Uint8Array): void
  /** The keep-alive of RFC 5626 §4.4.1. */
  ping(): void
  /** Ends the flow when this turn's writes are out; `reason` is a log event name. */
  close(reason: string): void
  /** Ends it at once. */
  cut(reason: string): void
}

/** What a TLS handshake says about the peer. */
export interface LinkEvidence {
  /** DER, the peer's own certificate first, then what it sent along; empty where it has shown none. */
  readonly chain: readonly Uint8Array[]
  /** A resumed session has skipped the check of certificates: its chain proves nothing. */
  readonly isResumed: boolean
  /** Why the TLS library did not believe the chain, in its words; null where it did. */
  readonly distrust: string | null
}

/** Why a peer is no link, for log and metrics. */
export interface CertificateRefusal {
  /** One of `src/certificates/peer-check.ts`. */
  readonly reason: string
  /** What it must say, and what it says. */
  readonly expected: string
  readonly seen: string
  /** The names that its certificate carries, joined by commas. */
  readonly names: string
}

/** Who a peer says it is. */
export interface ClaimedPeer {
  readonly name: string
  readonly role: ServerRole
}

/** Null: it is that server. Asked at the beginning of each link, and again whenever what it rests on has changed. */
export type CheckPeer = (evidence: LinkEvidence, peer: ClaimedPeer, topology: Topology) => CertificateRefusal | null

export interface LinkFlowSink {
  /** Exactly one framed message. The receiver owns the bytes. */
  onLinkMessage(bytes: Buffer): void
  /** A ping came (and has been answered), or a pong. */
  onLinkKeepAlive(): void
  /** Once; nothing follows it. */
  onLinkClosed(reason: string): void
}
