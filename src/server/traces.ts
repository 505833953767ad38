/**
 * The traces of a running server: tells the workers whom to follow, puts what they saw into one order, and keeps it
 * until it is read, the newest if there is too much. A trace ends by its time, its count, on request, or when nobody
 * reads it any more.
 */
import { randomBytes } from 'node:crypto'
import type { BeginTrace, TraceBook, TraceEnd, TraceFacts, TracePart } from '../admin/index.ts'
import type { TracedByWorker } from '../runtime/index.ts'
import type { TraceOrder } from '../tracing/index.ts'
import { KeptTrace, type TraceClocks } from './kept-trace.ts'

/** Each message is looked at once for each. */
const tracesMax = 8
/** Nobody has asked for this long: a terminal that was closed. */
export const unreadMsMax = 30_000
/** What is there can still be read. */
const readableAfterEndMs = 30_000
const lookEveryMs = 500
/** For what workers have seen and not told yet. */
const endingMs = 1_000

export interface TracesParts extends TraceClocks {
  /** Tells the workers; returns the revision with which they confirm. */
  trace(orders: readonly TraceOrder[]): number
  readonly workersCount: () => number
  readonly hasAccounts: boolean
}

export class Traces implements TraceBook {
  readonly #parts: TracesParts
  readonly #traces = new Map<string, KeptTrace>()
  #timer: NodeJS.Timeout | null = null

  constructor(parts: TracesParts) {
    this.#parts = parts
  }

  get hasAccounts(): boolean {
    return this.#parts.hasAccounts
  }

  begin(asked: BeginTrace): TraceFacts | string {
    if (this.#going().length >= tracesMax) return `${tracesMax} traces are under way already; end one of them`
    const trace = new KeptTrace(randomBytes(12).toString('hex'), asked, this.#parts.workersCount(), this.#parts)
    this.#traces.set(trace.id, trace)
    this.#tell()
    this.#timer ??= setInterval(() => this.look(), lookEveryMs)
    this.#timer.unref()
    return trace.facts
  }

  find(id: string): TraceFacts | null {
    return this.#traces.get(id)?.facts ?? null
  }

  async read(id: string, after: number, waitMs: number): Promise<TracePart | null> {
    const trace = this.#traces.get(id)
    if (!trace) return null
    trace.readMs = this.#parts.now()
    const part = await trace.read(after, waitMs)
    trace.readMs = this.#parts.now()
    return part
  }

  end(id: string): TraceFacts | null {
    const trace = this.#traces.get(id)
    if (!trace) return null
    this.#end(trace, 'asked')
    return trace.facts
  }

  list(): readonly TraceFacts[] {
    return this.#going().map(({ facts }) => facts)
  }

  /** From a worker. */
  onTraced(worker: number, { revision, untilUs, batches }: TracedByWorker): void {
    for (const { trace, messages, missed } of batches) this.#traces.get(trace)?.add(messages, missed)
    for (const trace of this.#traces.values()) {
      if (trace.isClosed) continue
      trace.told(worker, untilUs, revision)
      if (trace.isFull) this.#end(trace, 'count')
    }
  }

  /** What time brings; called by a timer while there are traces. */
  look(): void {
    const nowMs = this.#parts.now()
    for (const trace of [...this.#traces.values()]) {
      trace.release()
      if (trace.endedMs === null) this.#lookAtLive(trace, nowMs)
      else if (nowMs - trace.endedMs >= readableAfterEndMs) this.#traces.delete(trace.id)
      else if (nowMs - trace.endedMs >= endingMs) trace.close()
    }
    if (this.#traces.size > 0) return
    clearInterval(this.#timer ?? undefined)
    this.#timer = null
  }

  /** Who waits is told so. */
  close(): void {
    clearInterval(this.#timer ?? undefined)
    this.#timer = null
    for (const trace of this.#going()) this.#end(trace, 'server-stops')
    for (const trace of this.#traces.values()) trace.close()
  }

  #lookAtLive(trace: KeptTrace, nowMs: number): void {
    if (nowMs >= trace.facts.endsMs) this.#end(trace, 'time')
    else if (nowMs - trace.readMs >= unreadMsMax) this.#end(trace, 'nobody-reads')
  }

  #end(trace: KeptTrace, end: TraceEnd): void {
    if (trace.endedMs !== null) return
    trace.endedMs = this.#parts.now()
    trace.end = end
    trace.lastRevision = this.#tell()
    if (end === 'count') trace.close()
  }

  #tell(): number {
    return this.#parts.trace(this.#going().map(({ order }) => order))
  }

  #going(): readonly KeptTrace[] {
    return [...this.#traces.values()].filter(({ endedMs }) => endedMs === null)
  }
}
