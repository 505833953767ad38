/**
 * Looks into the server while it is measured: its processor time by thread, memory, bytes written, and its own counters
 * from the metrics endpoint, at both ends of the window and each second between.
 */
import { get } from 'node:http'
import type { ServerRecord } from '../measure/run-record.ts'
import { type ProcessReading, readProcess } from './process-readings.ts'

export interface WatchedServer {
  readonly name: string
  readonly version: string
  pid(): number
  /** Null: there is none. */
  metricsUrl(): string | null
  storeBytes(): number
}

export interface ServerSecond {
  /** Parts of a core. */
  readonly cpuShare: number
  readonly residentBytes: number
}

export class ServerWatch {
  readonly #server: WatchedServer
  readonly #base: ProcessReading | null
  #first: ProcessReading | null = null
  #firstCounters: Readonly<Record<string, number>> = {}
  #last: ProcessReading | null = null
  #lastAtMs = 0
  #residentMax = 0
  /** By thread id, the largest part of a core in any second of the window. */
  readonly #busiest = new Map<number, number>()
  readonly #names = new Map<number, string>()
  #isInWindow = false
  #pid: number
  /** What processes before the present one took within the window: the server was started again. */
  #carried = { userUs: 0, systemUs: 0, writtenBytes: 0 }

  constructor(server: WatchedServer) {
    this.#server = server
    this.#pid = server.pid()
    this.#base = readProcess(server.pid())
  }

  async beginWindow(): Promise<void> {
    this.#first = readProcess(this.#server.pid())
    this.#firstCounters = await this.#counters()
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
    if (!before || passedUs <= 0) return { cpuShare: 0, residentBytes: reading.residentBytes }
    for (const [id, { name, cpuUs }] of reading.threads) {
      const used = (cpuUs - (before.threads.get(id)?.cpuUs ?? cpuUs)) / passedUs
      this.#names.set(id, name)
      if (this.#isInWindow) this.#busiest.set(id, Math.max(this.#busiest.get(id) ?? 0, used))
    }
    const used = reading.userUs + reading.systemUs - before.userUs - before.systemUs
    return { cpuShare: Math.max(0, used / passedUs), residentBytes: reading.residentBytes }
  }

  /** Undefined where the server cannot be looked into any more. */
  async endWindow(): Promise<ServerRecord | undefined> {
    this.#followRestart()
    this.#isInWindow = false
    const [first, last] = [this.#first, readProcess(this.#pid)]
    const carried = this.#carried
    if (!first || !last) return undefined
    const counters = differences(await this.#counters(), this.#firstCounters)
    return {
      name: this.#server.name,
      version: this.#server.version,
      cpuUserUs: carried.userUs + last.userUs - first.userUs,
      cpuSystemUs: carried.systemUs + last.systemUs - first.systemUs,
      threads: this.#threads(first, last),
      residentBaseBytes: this.#base?.residentBytes ?? 0,
      residentBytes: last.residentBytes,
      residentMaxBytes: Math.max(this.#residentMax, last.residentBytes),
      writtenBytes: carried.writtenBytes + last.writtenBytes - first.writtenBytes,
      storeBytes: this.#server.storeBytes(),
      commits: counters.meridian_store_commits_total ?? 0,
      writes: counters.meridian_store_records_total ?? 0,
      counters,
    }
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
    this.#firstCounters = {}
  }

  #threads(first: ProcessReading, last: ProcessReading): ServerRecord['threads'] {
    return [...last.threads].map(([id, { name, cpuUs }]) => ({
      name: `${name} ${id}`,
      cpuUs: cpuUs - (first.threads.get(id)?.cpuUs ?? 0),
      busiestSecond: Math.min(1, this.#busiest.get(id) ?? 0),
    }))
  }

  async #counters(): Promise<Readonly<Record<string, number>>> {
    const url = this.#server.metricsUrl()
    return url === null ? {} : parseCounters(await fetchText(url).catch(() => ''))
  }
}

/** Prometheus text: counters by name with their labels, and summed over labels by name alone. */
export function parseCounters(text: string): Record<string, number> {
  const counters: Record<string, number> = {}
  for (const line of text.split('\n')) {
    const [, name, labels = '', value] = /^([a-z_0-9]+)(\{.*\})? ([0-9.eE+-]+)$/.exec(line) ?? []
    if (name === undefined || labels.includes('le="')) continue
    if (labels !== '') counters[name + labels] = Number(value)
    counters[name] = (counters[name] ?? 0) + Number(value)
  }
  return counters
}

function differences(last: Readonly<Record<string, number>>, first: Readonly<Record<string, number>>) {
  const changed: Record<string, number> = {}
  for (const [name, value] of Object.entries(last)) {
    const change = value - (first[name] ?? 0)
    if (change !== 0) changed[name] = change
  }
  return changed
}

function fetchText(url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const asked = get(url, { agent: false, timeout: 5_000 }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk
      })
      response.on('end', () => resolve(text))
    })
    asked.on('error', reject)
  })
}
