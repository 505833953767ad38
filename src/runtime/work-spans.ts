/**
 * What the time of a worker goes to, by kind of work: every seventh piece (a message from a flow, one from the bus, a
 * turn of the timers, the end of a turn) is timed and counts for seven. Writes of sockets and the collection of garbage
 * between pieces are in none. Time is the wall's: where the thread is interrupted a piece seems longer, each in
 * proportion to what it takes, so that shares stay right over many pieces. A piece costs a tenth of a microsecond.
 */
import type { BusMessage } from '../ports/bus.ts'
import type { FlowSink, TransportFlow } from '../ports/flows.ts'
import type { Counter, Metrics } from '../ports/metrics.ts'
import type { BusOwner } from './port-bus.ts'

/** A prime: what comes in twos, eights or sixteens is not always the same piece. */
export const timedEvery = 7
/** RFC 3261 §8.1.1 and extensions; what is none of these is `other`. */
const methods = new Set([
  'REGISTER',
  'SUBSCRIBE',
  'PUBLISH',
  'NOTIFY',
  'MESSAGE',
  'INFO',
  'INVITE',
  'ACK',
  'BYE',
  'CANCEL',
  'OPTIONS',
])
const cseqHeader = /^cseq[ \t]*:[ \t]*\d+[ \t]+([A-Z]+)/im
const headBytesMax = 2_048

interface Span {
  readonly seconds: Counter
  readonly pieces: Counter
}

export class WorkSpans {
  readonly #metrics: Metrics
  readonly #nowMs: () => number
  readonly #spans = new Map<string, Span>()
  #untilTimed = timedEvery
  /** Pieces that begin within another are part of it. */
  #isWithin = false

  constructor(metrics: Metrics, nowMs: () => number) {
    this.#metrics = metrics
    this.#nowMs = nowMs
  }

  /** The sink, its messages timed. */
  flows(sink: FlowSink): FlowSink {
    return {
      onFlowOpened: (flow) => sink.onFlowOpened(flow),
      onFlowMessage: (flow: TransportFlow, bytes: Buffer) => {
        if (!this.#isNext()) return sink.onFlowMessage(flow, bytes)
        const work = workOfMessage(bytes)
        this.#time(work, () => sink.onFlowMessage(flow, bytes))
      },
      onFlowFault: (flow, event, head) => sink.onFlowFault(flow, event, head),
      onFlowClosed: (flow, reason) => sink.onFlowClosed(flow, reason),
    }
  }

  /** The owner, its messages timed. */
  bus(owner: BusOwner): BusOwner {
    return {
      onBusMessage: (message) => {
        if (!this.#isNext()) return owner.onBusMessage(message)
        const work = workOfBus(message)
        this.#time(work, () => owner.onBusMessage(message))
      },
      onBusWork: () => owner.onBusWork(),
    }
  }

  /** `work`: a name from code, never from a peer. */
  run(work: string, piece: () => void): void {
    if (this.#isNext()) this.#time(work, piece)
    else piece()
  }

  #isNext(): boolean {
    if (this.#isWithin || --this.#untilTimed > 0) return false
    this.#untilTimed = timedEvery
    return true
  }

  #time(work: string, piece: () => void): void {
    this.#isWithin = true
    const fromMs = this.#nowMs()
    try {
      piece()
    } finally {
      this.#isWithin = false
      const { seconds, pieces } = this.#spanOf(work)
      seconds.inc(((this.#nowMs() - fromMs) * timedEvery) / 1_000)
      pieces.inc(timedEvery)
    }
  }

  #spanOf(work: string): Span {
    const known = this.#spans.get(work)
    if (known) return known
    const seconds = 'Time of the workers by kind of work: every seventh piece is timed and counts for seven.'
    const pieces = 'Pieces of work of the workers by kind, counted as their time is.'
    const span = {
      seconds: this.#metrics.counter('meridian_work_seconds_total', seconds, { work }),
      pieces: this.#metrics.counter('meridian_work_pieces_total', pieces, { work }),
    }
    this.#spans.set(work, span)
    return span
  }
}

/** `request.MESSAGE`, `response.NOTIFY`: what the peer sent. */
export function workOfMessage(bytes: Buffer): string {
  const head = bytes.toString('latin1', 0, headBytesMax)
  if (!head.startsWith('SIP/2.0 ')) return `request.${methodNamed(head.slice(0, head.indexOf(' ')))}`
  return `response.${methodNamed(cseqHeader.exec(head)?.[1] ?? '')}`
}

/** `bus.state`, `bus.request.MESSAGE`. */
function workOfBus(message: BusMessage): string {
  const { kind } = message
  if (kind !== 'request' && kind !== 'forward') return `bus.${kind}`
  return `bus.${kind}.${methodNamed(message.request.method)}`
}

function methodNamed(method: string): string {
  return methods.has(method) ? method : 'other'
}
