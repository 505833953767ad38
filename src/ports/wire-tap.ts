/**
 * Reading along with what flows carry: a trace of one user, a capture for Homer. As a rule nobody does, and that costs
 * one look per message (`WireTaps.current`).
 */
import type { Aor } from '../sip/uri/aor.ts'
import type { FlowId, TransportFlow } from './flows.ts'

/** What is told of the flow by which a message came or went. */
export interface TappedFlow {
  readonly id: FlowId
  readonly transport: TransportFlow
  /** AORs with a binding that names this flow. */
  readonly bound: { readonly size: number; has(aor: Aor): boolean }
}

export type TapDirection = 'received' | 'sent'

/** Never throws. The bytes are one whole message, good for the time of the call only. */
export interface WireTap {
  onMessage(direction: TapDirection, flow: TappedFlow, bytes: Uint8Array): void
}

export interface WireTaps {
  /** Asked once for each message; null while nobody reads along. */
  readonly current: WireTap | null
}

export const noTaps: WireTaps = { current: null }
