/**
 * What a worker's pressure is made of: its backlog, the time it is at work, the queues behind it, its memory. Looked at
 * with each turn of the timers.
 */
import type { Histogram, Metrics } from '../ports/metrics.ts'
import type { Pressure } from '../ports/pressure.ts'
import type { Backlog } from './backlog.ts'
import { BusyShare, loopTimes } from './busy-share.ts'
import { type MemoryReading, type MemoryWatch, memoryOfThread } from './memory-watch.ts'
import type { CoreSettings } from './worker-core.ts'

const loopDelayBounds = [0.001, 0.002, 0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2, 0.5, 1, 2, 5]

/** Of each queue how many wait in it now, by the name that it has in the metrics. */
export type QueueLengths = () => Readonly<Record<string, number>>

export interface PressureParts {
  readonly backlog: Pick<Backlog<unknown>, 'delayMs' | 'onTimersLate'>
  readonly busy: Pick<BusyShare, 'share' | 'look'>
  readonly memory: Pick<MemoryWatch, 'share' | 'look'>
  readonly queues: QueueLengths
}

export class WorkerPressure implements Pressure {
  readonly #parts: PressureParts
  readonly #loopDelay: Histogram
  /** As of the last look: asked for with each request. */
  #waitingCount = 0

  constructor(parts: PressureParts, metrics: Metrics) {
    this.#parts = parts
    const lateHelp = 'How late a timer of a worker was'
    this.#loopDelay = metrics.histogram('meridian_event_loop_delay_seconds', lateHelp, loopDelayBounds)
  }

  delayMs(): number {
    return this.#parts.backlog.delayMs()
  }

  busyShare(): number {
    return this.#parts.busy.share
  }

  waitingCount(): number {
    return this.#waitingCount
  }

  memoryShare(): number {
    return this.#parts.memory.share
  }

  /** The timers have been looked at, so much later than they should have been. */
  look(lateMs: number): void {
    const { backlog, busy, memory, queues } = this.#parts
    backlog.onTimersLate(lateMs)
    this.#loopDelay.observe(lateMs / 1_000)
    busy.look()
    memory.look()
    // Not added up: a request waits in several of them, for one answer.
    this.#waitingCount = Math.max(...Object.values(queues()))
  }

  /** When metrics are asked for, and no sooner. */
  publish(metrics: Metrics, worker: number): void {
    const labels = { worker: String(worker) }
    const busyHelp = 'Share of its time in which a worker is at work, of the last second'
    metrics.gauge('meridian_worker_busy_ratio', busyHelp, labels).set(this.busyShare())
    const memoryHelp =
      'Share of the scarcest memory of a worker in use: process, heap, flows; 0.7: sign-ins are refused'
    metrics.gauge('meridian_worker_memory_ratio', memoryHelp, labels).set(this.memoryShare())
    for (const [queue, count] of Object.entries(this.#parts.queues())) {
      metrics.gauge('meridian_worker_waiting', 'What waits behind a worker, by queue', { ...labels, queue }).set(count)
    }
  }
}

/** What is asked when a thread's own pressure is looked at. */
export interface ThreadParts extends Pick<PressureParts, 'backlog' | 'queues'> {
  /** In which the event loop was held and nothing was done. */
  readonly restedMs: () => number
  readonly flows: () => MemoryReading['flows']
}

export function pressureOfThread({ edge }: CoreSettings, metrics: Metrics, parts: ThreadParts): WorkerPressure {
  const busy = new BusyShare(() => loopTimes(parts.restedMs()))
  const memory = memoryOfThread(() => edge.limits.memoryBytesMax, parts.flows)
  return new WorkerPressure({ backlog: parts.backlog, queues: parts.queues, busy, memory }, metrics)
}
