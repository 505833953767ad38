/**
 * The open flows of one listener: admits them, counts them, sweeps them for passed deadlines once a second, and
 * reports. What a deadline means is the flow's (`stream-flow.ts`, `udp.ts`); what memory they hold is the budget's.
 */
import type { FlowSink, TransportFlow, TransportName } from '../ports/flows.ts'
import type { Log } from '../ports/log.ts'
import type { Counter, Metrics } from '../ports/metrics.ts'
import { TransportEvent } from './events.ts'
import type { TransportLimits } from './limits.ts'
import { emptyCounts, type FlowCounts } from './listener.ts'
import { type BudgetMember, flowBaseBytes, MemoryBudget } from './memory-budget.ts'

export interface RegisteredFlow extends TransportFlow, BudgetMember {
  /** Looks at its deadlines. */
  sweep(nowMs: number): void
}

export interface RegistryOptions {
  readonly transport: TransportName
  readonly sink: FlowSink
  readonly limits: TransportLimits
  readonly log?: Log | undefined
  readonly metrics?: Metrics | undefined
  readonly budget?: MemoryBudget | undefined
}

/** Anything with a deadline that is not yet a flow: a handshake. */
export interface Swept {
  sweep(nowMs: number): void
}

export class FlowRegistry {
  readonly transport: TransportName
  readonly sink: FlowSink
  readonly limits: TransportLimits
  readonly budget: MemoryBudget
  readonly counts: FlowCounts = emptyCounts()
  /**
   * Milliseconds of sweeps that really ran. A process that stood still for a minute has lost a second, not a minute,
   * and cuts nobody for its own absence.
   */
  nowMs = 0
  readonly #log: Log | undefined
  readonly #report: CountsReport | null
  readonly #flows = new Set<RegisteredFlow>()
  readonly #pending = new Set<Swept>()
  readonly #sources = new Map<string, number>()
  /** Event → how often since the last sweep. A flood writes one line a second, not one a connection. */
  readonly #tally = new Map<string, { count: number; remoteAddress: string }>()
  #acceptsInSweep = 0
  #timer: NodeJS.Timeout | null = null
  #onEmpty: (() => void) | null = null

  constructor(options: RegistryOptions) {
    this.transport = options.transport
    this.sink = options.sink
    this.limits = options.limits
    this.budget = options.budget ?? new MemoryBudget()
    this.#log = options.log
    this.#report = options.metrics ? new CountsReport(options.metrics, options.transport) : null
  }

  /** Null where one more flow from this address is welcome, else the event that says why not; that is also counted. */
  refusal(remoteAddress: string): TransportEvent | null {
    const event = this.#refusal(remoteAddress)
    if (event) this.refused(event, remoteAddress)
    else this.#acceptsInSweep++
    return event
  }

  #refusal(remoteAddress: string): TransportEvent | null {
    if (this.budget.isShedding) return TransportEvent.memoryShedding
    if (this.#flows.size + this.#pending.size >= this.limits.flowsMax) return TransportEvent.tooManyFlows
    if (this.#acceptsInSweep >= this.limits.acceptsPerSweepMax) {
      this.#start()
      return TransportEvent.acceptBurst
    }
    const ofSource = this.#sources.get(remoteAddress) ?? 0
    return ofSource >= this.limits.flowsPerSourceMax ? TransportEvent.tooManyFlowsOfSource : null
  }

  refused(event: TransportEvent, remoteAddress: string): void {
    this.counts.refusedFlows++
    this.#count(event, remoteAddress)
  }

  /** A connection in its handshake: counts towards the limits as the flow that it may become. */
  addPending(handshake: Swept, remoteAddress: string): void {
    this.#pending.add(handshake)
    this.#countSource(remoteAddress, 1)
    this.#start()
  }

  removePending(handshake: Swept, remoteAddress: string): void {
    if (!this.#pending.delete(handshake)) return
    this.#countSource(remoteAddress, -1)
    this.#stopWhenEmpty()
  }

  opened(flow: RegisteredFlow): void {
    this.#flows.add(flow)
    this.#countSource(flow.remoteAddress, 1)
    this.counts.openFlows++
    this.counts.openedFlows++
    this.budget.open(flow, flowBaseBytes[this.transport])
    this.#start()
    this.sink.onFlowOpened(flow)
  }

  /** To be told exactly once, when the flow can neither send nor receive any more. */
  closed(flow: RegisteredFlow, reason: string): void {
    this.leave(flow, () => this.sink.onFlowClosed(flow, reason))
  }

  /** As `closed`, for a flow of which somebody else than the sink is told. */
  leave(flow: RegisteredFlow, tell: () => void): void {
    if (!this.#flows.delete(flow)) return
    this.budget.close(flow)
    this.#countSource(flow.remoteAddress, -1)
    this.counts.openFlows--
    tell()
    this.#stopWhenEmpty()
  }

  /** Counts a flow that we end against its peer's will. */
  cut(event: string, flow: TransportFlow): void {
    this.counts.cutFlows++
    this.#count(event, flow.remoteAddress)
    const { remoteAddress, remotePort } = flow
    this.#log?.write('debug', event, { transport: this.transport, remoteAddress, remotePort })
  }

  /** Counts something that happened to no flow in particular, such as a dropped datagram. */
  happened(event: TransportEvent, remoteAddress: string): void {
    this.#count(event, remoteAddress)
    this.#start()
  }

  flows(): IterableIterator<RegisteredFlow> {
    return this.#flows.values()
  }

  /** Ends every flow; resolves when the last has gone. */
  closeAll(reason: string): Promise<void> {
    for (const flow of this.#flows) flow.close(reason)
    return new Promise((resolve) => {
      this.#onEmpty = () => {
        this.#stop()
        resolve()
      }
      this.#stopWhenEmpty()
    })
  }

  #countSource(remoteAddress: string, by: 1 | -1): void {
    const count = (this.#sources.get(remoteAddress) ?? 0) + by
    if (count === 0) this.#sources.delete(remoteAddress)
    else this.#sources.set(remoteAddress, count)
  }

  #count(event: string, remoteAddress: string): void {
    const entry = this.#tally.get(event)
    if (entry) entry.count++
    else this.#tally.set(event, { count: 1, remoteAddress })
    this.#start()
  }

  #start(): void {
    this.#timer ??= setInterval(() => this.#sweep(), this.limits.sweepMs)
  }

  #sweep(): void {
    this.nowMs += this.limits.sweepMs
    this.#acceptsInSweep = 0
    for (const handshake of this.#pending) handshake.sweep(this.nowMs)
    for (const flow of this.#flows) flow.sweep(this.nowMs)
    this.#writeTally()
    this.#report?.write(this.counts)
    this.#stopWhenEmpty()
  }

  #writeTally(): void {
    for (const [event, { count, remoteAddress }] of this.#tally) {
      this.#log?.write('info', event, { transport: this.transport, count, remoteAddress })
      this.#report?.event(event, count)
    }
    this.#tally.clear()
  }

  /** A listener without flows needs no timer; the sweep that stops it has reported everything. */
  #stopWhenEmpty(): void {
    if (this.#flows.size > 0 || this.#pending.size > 0) return
    this.#onEmpty?.()
    if (this.#tally.size === 0 && this.#acceptsInSweep === 0) this.#stop()
  }

  #stop(): void {
    if (this.#timer) clearInterval(this.#timer)
    this.#timer = null
    this.#writeTally()
    this.#report?.write(this.counts)
  }
}

/** Carries the plain counts to the metrics, once a sweep. */
class CountsReport {
  readonly #metrics: Metrics
  readonly #transport: TransportName
  readonly #counters: readonly (readonly [keyof FlowCounts, Counter])[]
  readonly #events = new Map<string, Counter>()
  readonly #open: { set(value: number): void }
  readonly #reported = emptyCounts()

  constructor(metrics: Metrics, transport: TransportName) {
    this.#metrics = metrics
    this.#transport = transport
    const counter = (name: string, help: string) => metrics.counter(`meridian_transport_${name}`, help, { transport })
    this.#open = metrics.gauge('meridian_transport_flows', 'Open flows.', { transport })
    this.#counters = [
      ['openedFlows', counter('flows_opened_total', 'Flows opened.')],
      ['refusedFlows', counter('flows_refused_total', 'Connections refused before they became a flow.')],
      ['cutFlows', counter('flows_cut_total', 'Flows ended by us for a limit or a fault of the peer.')],
      ['receivedMessages', counter('messages_received_total', 'Framed messages and datagrams received.')],
      ['receivedBytes', counter('received_bytes_total', 'Bytes received.')],
      ['sentBytes', counter('sent_bytes_total', 'Bytes sent.')],
      ['writes', counter('writes_total', 'Writes handed to the kernel.')],
      ['keepAlives', counter('keepalives_total', 'Keep-alives answered (RFC 5626).')],
    ]
  }

  write(counts: FlowCounts): void {
    this.#open.set(counts.openFlows)
    for (const [name, counter] of this.#counters) {
      if (counts[name] === this.#reported[name]) continue
      counter.inc(counts[name] - this.#reported[name])
      this.#reported[name] = counts[name]
    }
  }

  event(event: string, count: number): void {
    let counter = this.#events.get(event)
    if (!counter) {
      const labels = { transport: this.#transport, event }
      counter = this.#metrics.counter('meridian_transport_events_total', 'Refusals, cuts and drops by reason.', labels)
      this.#events.set(event, counter)
    }
    counter.inc(count)
  }
}
