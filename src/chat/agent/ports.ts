/**
 * What a user agent needs from outside: time, randomness, and somebody who connects. Real ones are
 * `../process-ports.ts` and `../connect.ts`; the simulator and tests bring their own.
 */
import type { Clock } from '../../ports/clock.ts'
import type { Entropy } from '../../ports/entropy.ts'
import type { FlowSink, TransportFlow } from '../../ports/flows.ts'
import type { Timers } from '../../ports/timers.ts'

export interface ConnectFailure {
  /** A sentence for people, without a full stop. */
  readonly words: string
  /** Trying again as it is cannot help: the certificate is not trusted, the address does not exist. */
  readonly isLasting: boolean
}

/** Hears of a flow as `FlowSink`, of one that did not come about, and of answers to pings. */
export interface AgentFlowSink extends FlowSink {
  onConnectFailed(failure: ConnectFailure): void
  onPong(): void
}

export interface Connector {
  /** Answers later, once, with `onFlowOpened` or `onConnectFailed`. */
  connect(sink: AgentFlowSink): void
  /** The keep-alive of RFC 5626 §4.4. */
  ping(flow: TransportFlow): void
}

export interface AgentPorts {
  readonly clock: Clock
  readonly timers: Timers
  readonly entropy: Entropy
  readonly connector: Connector
}
