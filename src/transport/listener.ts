/**
 * What all listeners have in common: their options, their surface, their counts. Each transport has a file of its own.
 */
import type { TransportName } from '../ports/flows.ts'
import type { Log } from '../ports/log.ts'
import type { Metrics } from '../ports/metrics.ts'
import type { TransportLimits } from './limits.ts'
import type { MemoryBudget } from './memory-budget.ts'

export interface ListenOptions {
  /** An address, not a name. `::` listens on IPv6 only: one listener, one family. */
  readonly host: string
  /** 0: a free one, told by the listener. */
  readonly port: number
  /** Lets every worker listen on the same port; the kernel spreads new flows. */
  readonly reusePort?: boolean
  readonly limits?: Partial<TransportLimits>
  readonly log?: Log
  readonly metrics?: Metrics
  /** Shared by all listeners of a worker. Without one each listener has its own. */
  readonly budget?: MemoryBudget
}

export interface Listener {
  readonly transport: TransportName
  readonly address: string
  readonly port: number
  readonly counts: Readonly<FlowCounts>
  /**
   * Stops listening, ends all flows (`transport.listener-closed`), and resolves when the last is gone. May be repeated.
   */
  close(): Promise<void>
}

/** Plain numbers, added to on the hot path, and read by the sweep that carries them to the metrics. */
export interface FlowCounts {
  openFlows: number
  openedFlows: number
  /** Connections that never became a flow. */
  refusedFlows: number
  /** Flows that we ended for a limit or a fault of the peer. */
  cutFlows: number
  receivedMessages: number
  receivedBytes: number
  sentBytes: number
  /** Writes handed to the kernel; `sent messages / writes` tells how well joining works. */
  writes: number
  keepAlives: number
}

export function emptyCounts(): FlowCounts {
  return {
    openFlows: 0,
    openedFlows: 0,
    refusedFlows: 0,
    cutFlows: 0,
    receivedMessages: 0,
    receivedBytes: 0,
    sentBytes: 0,
    writes: 0,
    keepAlives: 0,
  }
}

/** Makes a closing function that may be called again, also while it runs. */
export function closeOnce(close: () => Promise<void>): () => Promise<void> {
  let closing: Promise<void> | null = null
  return () => {
    closing ??= close()
    return closing
  }
}
