/**
 * The links of one virtual worker: the server's own pool over the cables of the run, in the turns in which
 * `worker-host.ts` runs it. Certificates are names here.
 */
import type { BusMessage } from '../../src/ports/bus.ts'
import type { LinkFlow, LinkFlowSink } from '../../src/ports/link-flow.ts'
import type { LinkPeer, LinkSink } from '../../src/ports/links.ts'
import type { Topology } from '../../src/ports/topology.ts'
import { LinkPool } from '../../src/topology/index.ts'
import type { History } from '../history.ts'
import type { EventQueue } from '../world/event-queue.ts'
import type { WorkerLinks } from '../world/link.ts'
import { noMetrics } from '../world/no-metrics.ts'
import type { Prng } from '../world/prng.ts'
import { SeededEntropy } from '../world/seeded-entropy.ts'
import type { VirtualWorker } from '../world/worker.ts'
import type { CableEnd, Cables } from './cables.ts'

export interface VirtualLinksParts {
  readonly server: string
  readonly topology: Topology
  readonly cables: Cables
  readonly events: EventQueue
  readonly history: History
  readonly random: Prng
}

export class VirtualLinks implements WorkerLinks, LinkSink, CableEnd {
  readonly server: string
  readonly worker: VirtualWorker
  readonly pool: LinkPool
  readonly #parts: VirtualLinksParts
  #sink: LinkSink | null = null

  constructor(parts: VirtualLinksParts, worker: VirtualWorker, bootId: string) {
    const { server, topology, cables, events, history, random } = parts
    this.server = server
    this.worker = worker
    this.#parts = parts
    const { role } = topology.servers.find(({ name }) => name === server)!
    const { workersCount } = worker.place
    this.pool = new LinkPool(
      { name: server, role, bootId, workersCount },
      topology,
      {
        clock: worker.clock,
        timers: worker.wheel,
        entropy: new SeededEntropy(random),
        log: {
          write: (level, event, fields = {}) => {
            if (level !== 'debug') history.logLines.push({ event, atMs: events.nowMs, fields })
            history.trace(events.nowMs, `${server}/${worker.place.worker} ${event} ${JSON.stringify(fields)}`)
          },
        },
        metrics: noMetrics,
        dial: ({ name }, sink) => cables.dial(this, name, sink),
        check: () => null,
        ownIntermediates: () => [],
        onWork: () => worker.onBusWork(),
      },
      this,
    )
  }

  isHello(bytes: Buffer): boolean {
    return this.pool.isHello(bytes)
  }

  accept(flow: LinkFlow, bytes: Buffer): LinkFlowSink | null {
    return this.#sink ? this.pool.accept(flow, bytes) : null
  }

  start(sink: LinkSink): void {
    this.#sink = sink
    this.pool.start()
  }

  send(server: string, worker: number, message: BusMessage): boolean {
    const isTaken = this.pool.send(server, worker, message)
    this.#note(message, () => `═► ${server}/${worker}${isTaken ? '' : ' refused'}`)
    return isTaken
  }

  cut(server: string): void {
    this.pool.cut(server)
  }

  flush(): void {
    this.pool.flush()
  }

  onWorkerEnded(): void {
    this.#parts.cables.workerEnded(this.worker)
  }

  onPeerUp(peer: LinkPeer): void {
    this.#sink?.onPeerUp(peer)
  }

  onPeerDown(peer: LinkPeer): void {
    this.#sink?.onPeerDown(peer)
  }

  onPeerLoss(peer: LinkPeer): void {
    this.#sink?.onPeerLoss(peer)
  }

  onPeerMessage(peer: LinkPeer, worker: number, message: BusMessage): void {
    this.#note(message, () => `◄═ ${peer.name} for ${worker}`)
    this.#sink?.onPeerMessage(peer, worker, message)
  }

  #note(message: BusMessage, where: () => string): void {
    const { history, events } = this.#parts
    const { worker } = this.worker.place
    history.detail(events.nowMs, () => `${this.server}/${worker} ${where()} ${wordsOf(message)}`)
  }
}

/** What a reader of the trace wants to know of it. */
function wordsOf(message: BusMessage): string {
  switch (message.kind) {
    case 'watches':
      return `watches ${message.watcher} ${message.isWanted} ${message.entries.map(({ presentity }) => presentity)}`
    case 'verdicts':
      return `verdicts ${message.watcher} ${message.verdicts.map((each) => `${each.presentity} ${each.verdict}`)}`
    case 'naming':
      return `naming of ${message.worker} ${message.phase}`
    case 'state':
      return `state ${message.presentity} ${message.version.incarnation} ${message.version.number}`
    case 'send':
      return `send ${message.requests.map(({ number }) => `#${number}`)}`
    case 'outcome':
    case 'answer':
      return `${message.kind} ${message.status} #${message.to.number}`
    default:
      if (!('from' in message && 'number' in message.from)) return message.kind
      return `${message.kind} #${message.from.number}`
  }
}
