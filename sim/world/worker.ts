/**
 * One worker of the virtual server: the server's own core, wheel and bus, in the turns in which `worker-host.ts` runs
 * them. It can be ended between any two events and between any two bus messages of a turn.
 */
import type { BusMessage } from '../../src/ports/bus.ts'
import type { FlowSink, TransportFlow } from '../../src/ports/flows.ts'
import { type BusOwner, PortBus } from '../../src/runtime/port-bus.ts'
import { TimerWheel } from '../../src/runtime/timer-wheel.ts'
import type { WorkerCore } from '../../src/runtime/worker-core.ts'
import type { EventQueue, PlannedEvent } from './event-queue.ts'
import type { NetworkWorker, WorkerLinks } from './link.ts'
import type { VirtualClock } from './virtual-clock.ts'

export interface WorkerPlace {
  readonly worker: number
  readonly incarnation: number
  readonly workersCount: number
}

export interface WorkerOwner {
  /** The worker ended by itself: an exception outside of a unit of work, or the fault that was planned for it. */
  onWorkerEnded(worker: VirtualWorker, error: unknown): void
  /** The bus has lost this on its way. */
  isLost(worker: VirtualWorker, message: BusMessage): boolean
}

/** Thrown where a worker is to end in the midst of its turn. */
const killed = Symbol('killed')

export class VirtualWorker implements BusOwner, FlowSink, NetworkWorker {
  readonly place: WorkerPlace
  readonly clock: VirtualClock
  readonly wheel: TimerWheel
  readonly bus: PortBus
  readonly sink: FlowSink = this
  core!: WorkerCore
  /** Null where the server is alone. */
  links: WorkerLinks | null = null
  isAlive = true
  isLoaded = false
  /** Bus messages after which it ends; null: it does not. */
  endAfterMessages: number | null = null
  readonly #events: EventQueue
  readonly #owner: WorkerOwner
  /** What came by the bus while it read its store: `worker-host.ts` connects its ports when that is done. */
  readonly #early: (() => void)[] = []
  #tickPlanned = false
  #wheelTurn: PlannedEvent | null = null

  constructor(place: WorkerPlace, events: EventQueue, clock: VirtualClock, owner: WorkerOwner) {
    this.place = place
    this.#events = events
    this.#owner = owner
    this.clock = clock
    this.wheel = new TimerWheel(clock)
    this.bus = new PortBus(place, this)
  }

  get isListening(): boolean {
    return this.isAlive && this.isLoaded
  }

  onBusMessage(message: BusMessage): void {
    if (this.endAfterMessages !== null && this.endAfterMessages-- <= 0) throw killed
    if (!this.#owner.isLost(this, message)) this.core.receive(message)
  }

  onBusWork(): void {
    if (this.#tickPlanned) return
    this.#tickPlanned = true
    this.#events.after(0, () => this.#run(() => this.#tick()))
  }

  onFlowOpened(flow: TransportFlow): void {
    this.#run(() => this.core.edge.onFlowOpened(flow))
  }

  onFlowMessage(flow: TransportFlow, bytes: Buffer): void {
    this.#run(() => this.core.edge.onFlowMessage(flow, bytes))
  }

  onFlowFault(flow: TransportFlow, event: string, head: Buffer | null): void {
    this.#run(() => this.core.edge.onFlowFault(flow, event, head))
  }

  onFlowClosed(flow: TransportFlow, reason: string): void {
    this.#run(() => this.core.edge.onFlowClosed(flow, reason))
    this.onBusWork()
  }

  /** The main thread says that this worker has died. */
  onPeerGone(worker: number): void {
    this.bus.disconnect(worker)
    this.core.onWorkerGone(worker)
    this.onBusWork()
  }

  /** Anything from outside, in this worker's name. */
  enter(work: () => void): void {
    this.#run(work)
  }

  /** A post of the bus. */
  enterByBus(work: () => void): void {
    if (this.isLoaded) this.#run(work)
    else this.#early.push(work)
  }

  /** The store is read: from now on it listens. */
  begin(): void {
    this.isLoaded = true
    for (const work of this.#early.splice(0)) this.#run(work)
    const { links, core } = this
    if (links && core.routes) this.#run(() => links.start(core.routes!))
    this.planWheel()
    this.onBusWork()
  }

  end(): void {
    this.isAlive = false
    this.bus.close()
    this.links?.onWorkerEnded()
    if (this.#wheelTurn) this.#events.cancel(this.#wheelTurn)
  }

  /** Sees to it that the wheel turns when its next timer is due. */
  planWheel(): void {
    if (!this.isListening) return
    const dueMs = this.wheel.nextDueMs()
    if (dueMs === Number.POSITIVE_INFINITY) return
    // Whole milliseconds: a turn that came a hair too early would plan itself for the same moment, for ever.
    const delayMs = Math.max(0, Math.ceil(dueMs - this.clock.monotonicMs()))
    if (this.#wheelTurn?.run) {
      if (this.#wheelTurn.atMs <= this.#events.nowMs + delayMs) return
      this.#events.cancel(this.#wheelTurn)
    }
    this.#wheelTurn = this.#events.after(delayMs, () => this.#run(() => this.#turnWheel()))
  }

  #turnWheel(): void {
    this.wheel.advance(this.clock.monotonicMs())
    this.onBusWork()
  }

  #tick(): void {
    this.#tickPlanned = false
    this.bus.flush()
    this.core.endTick()
    this.links?.flush()
  }

  #run(work: () => void): void {
    if (!this.isAlive) return
    try {
      work()
    } catch (error) {
      this.#owner.onWorkerEnded(this, error === killed ? null : error)
      return
    }
    this.planWheel()
  }
}
