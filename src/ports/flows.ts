/**
 * Flows: bidirectional ways to a device (a stream connection, or a UDP 5-tuple), between `src/transport/` and
 * `src/edge/`.
 */
import type { LinkEvidence } from './link-flow.ts'

export type TransportName = 'udp' | 'tcp' | 'tls' | 'ws' | 'wss'

export function isEncrypted(transport: TransportName): boolean {
  return transport === 'tls' || transport === 'wss'
}

/**
 * Names one flow for ever: `worker.incarnation.number.boot`. Never reused, so what names a dead flow finds nothing
 * rather than somebody else. Made by `encodeFlowId`.
 */
export type FlowId = string & { readonly flowId: unique symbol }

export interface FlowIdParts {
  readonly worker: number
  readonly incarnation: number
  readonly number: number
  /** 64 random bits of this start of the server, hexadecimal. */
  readonly bootId: string
}

export function encodeFlowId(parts: FlowIdParts): FlowId {
  return `${parts.worker}.${parts.incarnation}.${parts.number}.${parts.bootId}` as FlowId
}

/** The worker that owns this flow; NaN for a text that is no flow id. */
export function flowWorker(flow: FlowId): number {
  return Number(flow.slice(0, Math.max(0, flow.indexOf('.'))) || Number.NaN)
}

/** One open flow as the transport gives it to the edge. The edge never sees a socket. */
export interface TransportFlow {
  readonly transport: TransportName
  readonly remoteAddress: string
  readonly remotePort: number
  readonly localAddress: string
  readonly localPort: number
  /** Bytes accepted by `send` and not yet by the kernel. */
  readonly bufferedBytes: number
  /** Of TLS, where a client has shown a certificate; whether it is worth anything is not said by that. */
  readonly evidence?: LinkEvidence | null
  /** Writes of one tick are joined. Silently dropped after the flow has ended; a flow that will not read is cut. */
  send(bytes: Uint8Array): void
  /** Ends the flow; `reason` is a log event name. `onFlowClosed` follows. */
  close(reason: string): void
}

/** What the edge does with a transport's events. Each call is a unit of work of its own. */
export interface FlowSink {
  onFlowOpened(flow: TransportFlow): void
  /**
   * Exactly one framed message: start line to end of body (UDP: the datagram as it came). The receiver owns the bytes.
   */
  onFlowMessage(flow: TransportFlow, bytes: Buffer): void
  /**
   * The framer or the transport ended the flow for a fault of the peer: an answer may still be sent before
   * `onFlowClosed`.
   */
  onFlowFault(flow: TransportFlow, event: string, head: Buffer | null): void
  onFlowClosed(flow: TransportFlow, reason: string): void
}
