/**
 * Looks into the server while it is measured: its processor time by thread, memory, bytes written, and its own counters
 * from the metrics endpoint, at both ends of the window and each second between.
 */
import { setTimeout } from 'node:timers/promises'
import type { ServerRecord } from '../measure/run-record.ts'
import { histogramBetween, type Metrics, noMetrics, readMetrics } from './metrics-text.ts'
import { mappedBytes, type ProcessReading, readProcess } from './process-readings.ts'

export interface WatchedServer {
  readonly name: string
  readonly version: string
  pid(): number
  /** Null: there is none. */
  metricsUrl(): string | null
  storeBytes(): number
  /** Folder of its store: pages of the files in it that are mapped are the kernel's cache. Null: not known. */
  storeFolder(): string | null
}

export interface ServerSecond {
  /** Parts of a core. */
  readonly cpuShare: number
  readonly residentBytes: number
  /** From its metrics, which are read more rarely: null between. */
  readonly gauges: ServerGauges | null
}

export interface ServerGauges {
  /** Requests, forwarded requests and NOTIFYs that wait for something. */
  readonly waiting: number
  /** Of the workers' heaps, after the last full collection of each. */
  readonly heapBytes: number
}

/** Reading them takes the server a few milliseconds. */
const gaugesEveryMs = 10_000

export class ServerWatch {
  readonly #server: WatchedServer
  #base: ProcessReading | null
  #baseMappedBytes = 0
  #idle: ServerRecord['idle']
  #first: ProcessReading | null = null
  #firstMetrics: Metrics = noMetrics
  #last: ProcessReading | null = null
  #lastAtMs = 0
  #residentMax = 0
  /** By thread id, the largest part of a core in any second of the window. */
  readonly #busiest = new Map<number, number>()
  readonly #names = new Map<number, string>()
  #isInWindow = false
  #gauges: ServerGauges | null = null
  #gaugesAtMs = Number.NEGATIVE_INFINITY
  #pid: number
  /** What processes before the present one took within the window: the server was started again. */
  #carried = { userUs: 0, systemUs: 0, writtenBytes: 0 }

  constructor(server: WatchedServer) {
    this.#server = server
    this.#pid = server.pid()
    this.#base = readProcess(server.pid())
  }

  /** What it takes with nobody signed in: to be called before anybody is. */
  async observeIdle(forMs: number): Promise<void> {
    const first = readProcess(this.#server.pid())
    const startedMs = performance.now()
    await setTimeout(forMs)
    const last = readProcess(this.#server.pid())
    if (!first || !last) return
    this.#base = last
    this.#baseMappedBytes = this.#mappedBytes()
    this.#idle = {
      seconds: (performance.now() - startedMs) / 1_000,
      cpuUserUs: last.userUs - first.userUs,
      cpuSystemUs: last.systemUs - first.systemUs,
    }
  }

  async beginWindow(): Promise<void> {
    this.#first = readProcess(this.#server.pid())
    this.#firstMetrics = await readMetrics(this.#server.metricsUrl())
    this.#isInWindow = true
  }

  /** To be called each second. */
  look(nowMs: number): ServerSecond | null {
    this.#followRestart()
    const reading = readProcess(this.#pid)
    const before = this.#last
    const passedUs = (nowMs - this.#lastAtMs) * 1000
    this.#last = reading
    this.#lastAtMs = nowMs
    if (!reading) return null
    this.#residentMax = Math.max(this.#residentMax, reading.residentBytes)
    const seen = { residentBytes: reading.residentBytes, gauges: this.#takeGauges(nowMs) }
    if (!before || passedUs <= 0) return { cpuShare: 0, ...seen }
    for (const [id, { name, cpuUs }] of reading.threads) {
      const used = (cpuUs - (before.threads.get(id)?.cpuUs ?? cpuUs)) / passedUs
      this.#names.set(id, name)
      if (this.#isInWindow) this.#busiest.set(id, Math.max(this.#busiest.get(id) ?? 0, used))
    }
    const used = reading.userUs + reading.systemUs - before.userUs - before.systemUs
    return { cpuShare: Math.max(0, used / passedUs), ...seen }
  }

  /** Undefined where the server cannot be looked into any more. */
  async endWindow(): Promise<ServerRecord | undefined> {
    this.#followRestart()
    this.#isInWindow = false
    const [first, last] = [this.#first, readProcess(this.#pid)]
    const carried = this.#carried
    if (!first || !last) return undefined
    const metrics = await readMetrics(this.#server.metricsUrl())
    const counters = differences(metrics.counters, this.#firstMetrics.counters)
    const between = (name: string) => histogramBetween(name, metrics, this.#firstMetrics)
    const flushUs = between('meridian_store_flush_seconds')
    const eventLoopDelayUs = between('meridian_event_loop_delay_seconds')
    return {
      name: this.#server.name,
      version: this.#server.version,
      cpuUserUs: carried.userUs + last.userUs - first.userUs,
      cpuSystemUs: carried.systemUs + last.systemUs - first.systemUs,
      threads: this.#threads(first, last),
      ...(this.#idle && { idle: this.#idle }),
      residentBaseBytes: this.#base?.residentBytes ?? 0,
      residentBytes: last.residentBytes,
      storeMappedBaseBytes: this.#baseMappedBytes,
      storeMappedBytes: this.#mappedBytes(),
      residentMaxBytes: Math.max(this.#residentMax, last.residentBytes),
      writtenBytes: carried.writtenBytes + last.writtenBytes - first.writtenBytes,
      storeBytes: this.#server.storeBytes(),
      commits: counters.meridian_store_commits_total ?? 0,
      writes: counters.meridian_store_records_total ?? 0,
      ...(flushUs && { flushUs }),
      ...(eventLoopDelayUs && { eventLoopDelayUs }),
      counters,
    }
  }

  /** Those that have come since the last look; asks for the next where it is time. */
  #takeGauges(nowMs: number): ServerGauges | null {
    const taken = this.#gauges
    this.#gauges = null
    if (this.#isInWindow && nowMs - this.#gaugesAtMs >= gaugesEveryMs) {
      this.#gaugesAtMs = nowMs
      void readMetrics(this.#server.metricsUrl()).then((metrics) => {
        this.#gauges = gaugesOf(metrics)
      })
    }
    return taken
  }

  /** A new process begins at nothing, its counters too; what the old one took until the last look is kept. */
  #followRestart(): void {
    const pid = this.#server.pid()
    if (pid === this.#pid) return
    this.#pid = pid
    const [first, last] = [this.#first, this.#last]
    this.#last = null
    if (!this.#isInWindow || !first || !last) return
    this.#carried.userUs += last.userUs - first.userUs
    this.#carried.systemUs += last.systemUs - first.systemUs
    this.#carried.writtenBytes += last.writtenBytes - first.writtenBytes
    this.#first = { ...first, userUs: 0, systemUs: 0, writtenBytes: 0, threads: new Map() }
    this.#firstMetrics = noMetrics
  }

  #threads(first: ProcessReading, last: ProcessReading): ServerRecord['threads'] {
    return [...last.threads].map(([id, { name, cpuUs }]) => ({
      name: `${name} ${id}`,
      cpuUs: cpuUs - (first.threads.get(id)?.cpuUs ?? 0),
      busiestSecond: Math.min(1, this.#busiest.get(id) ?? 0),
    }))
  }

  #mappedBytes(): number {
    const folder = this.#server.storeFolder()
    return folder === null ? 0 : mappedBytes(this.#server.pid(), folder)
  }
}

/** Null where the target has no such metrics. */
function gaugesOf({ counters }: Metrics): ServerGauges | null {
  const { meridian_heap_after_collection_bytes: heapBytes, meridian_requests_pending: requests = 0 } = counters
  const { meridian_forwards_pending: forwards = 0, meridian_notifies_waiting: notifies = 0 } = counters
  return heapBytes === undefined ? null : { waiting: requests + forwards + notifies, heapBytes }
}

function differences(last: Readonly<Record<string, number>>, first: Readonly<Record<string, number>>) {
  const changed: Record<string, number> = {}
  for (const [name, value] of Object.entries(last)) {
    const change = value - (first[name] ?? 0)
    if (change !== 0) changed[name] = change
  }
  return changed
}
