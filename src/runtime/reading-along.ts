/**
 * Who reads along with what this worker's flows carry, each only where somebody asked for it: the recording of traffic
 * and the traces of single users by order of main, the capture for a collector by the configuration.
 */
import type { FlowSink } from '../ports/flows.ts'
import type { Metrics } from '../ports/metrics.ts'
import type { TapDirection, TappedFlow, WireTap, WireTaps } from '../ports/wire-tap.ts'
import { clientLimits } from '../sip/message/limits.ts'
import { parseMessage } from '../sip/message/parse.ts'
import { Capture, Tracer } from '../tracing/index.ts'
import { HepLink } from './hep-link.ts'
import { sharedUs } from './real-clock.ts'
import { TrafficRecorder } from './traffic-recorder.ts'
import type { FromShardWorker, ShardWorkerData, ToShardWorker } from './worker-protocol.ts'

/** What is recorded goes to main at least this often. */
const recordEveryMs = 1_000
/** What is traced does: people look at it. */
const traceEveryMs = 100
/** Of each start of each worker: flows of a recording have numbers of their own. */
const flowsPerStart = 1e9

export interface ReadingAlongPorts {
  readonly monotonicMs: () => number
  readonly metrics: Metrics
  tell(message: FromShardWorker): void
  onFault(error: unknown): void
}

type TraceMessage = ToShardWorker & { readonly kind: 'trace' }

export class ReadingAlong implements WireTaps, WireTap {
  readonly #ports: ReadingAlongPorts
  readonly #tracer: Tracer
  readonly #firstFlow: number
  #hepLink: HepLink | null = null
  #capture: Capture | null = null
  #recorder: TrafficRecorder | null = null
  #recording: NodeJS.Timeout | null = null
  #tracing: NodeJS.Timeout | null = null
  #revision = 0
  current: WireTap | null = null

  constructor({ worker, workersCount, incarnation, hep }: ShardWorkerData, ports: ReadingAlongPorts) {
    this.#ports = ports
    this.#tracer = new Tracer(worker, sharedUs)
    this.#firstFlow = (worker + workersCount * incarnation) * flowsPerStart
    if (hep === null) return
    const link = new HepLink(hep, ports.metrics)
    this.#hepLink = link
    this.#capture = new Capture(hep, Date.now, (packet) => link.send(packet))
    this.current = this
  }

  /** The same sink, read along by the recorder. */
  recorded(inner: FlowSink): FlowSink {
    const { monotonicMs, tell } = this.#ports
    this.#recorder = new TrafficRecorder(
      inner,
      monotonicMs,
      (rows) => tell({ kind: 'recorded', rows }),
      this.#firstFlow,
    )
    return this.#recorder
  }

  /** With a key it records; with null no more. */
  record(key: Uint8Array | null): void {
    this.#recorder?.record(key)
    clearInterval(this.#recording ?? undefined)
    this.#recording = key === null ? null : setInterval(() => this.#recorder?.flush(), recordEveryMs)
    if (key === null) this.#ports.tell({ kind: 'record-ended' })
  }

  /** From now on these users; what is left of others goes first. */
  trace({ revision, orders }: TraceMessage): void {
    this.#tellTraced()
    this.#revision = revision
    this.#tracer.follow(orders)
    clearInterval(this.#tracing ?? undefined)
    this.#tracing = orders.length === 0 ? null : setInterval(() => this.#tellTraced(), traceEveryMs)
    this.current = orders.length === 0 && this.#capture === null ? null : this
    this.#tellTraced()
  }

  stop(): void {
    clearInterval(this.#recording ?? undefined)
    clearInterval(this.#tracing ?? undefined)
    this.#hepLink?.close()
    this.current = null
  }

  /** A fault of ours in here costs the readers, not the message. */
  onMessage(direction: TapDirection, flow: TappedFlow, bytes: Uint8Array): void {
    try {
      // A view: tracer and capture copy what they keep.
      const { message } = parseMessage(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length), clientLimits)
      if (!this.#tracer.isIdle) this.#tracer.see(direction, flow, message, bytes.length)
      this.#capture?.see(direction, flow, message)
    } catch (error) {
      this.stop()
      this.#ports.onFault(error)
    }
  }

  /** Also where there is nothing: main waits for what was seen until now. */
  #tellTraced(): void {
    this.#ports.tell({ kind: 'traced', revision: this.#revision, untilUs: sharedUs(), batches: this.#tracer.take() })
  }
}
