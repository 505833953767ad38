/**
 * The state of this server at a glance, for the admin API: figures between two looks at its metrics, store,
 * certificates, topology, and the newest capacity report.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import {
  figuresBetween,
  readScrape,
  type Scrape,
  type ShownCertificate,
  type ShownLinks,
  type ShownReport,
  type ShownTopology,
  type StateBook,
  type StateSummary,
} from '../admin/index.ts'
import { describeCertificate } from '../certificates/index.ts'
import { type Config, dataPaths } from '../config/index.ts'
import type { Topology } from '../ports/topology.ts'
import { shownLinks, type WorkerLinkStatus } from './shown-links.ts'

export interface StateParts {
  readonly version: string
  /** In force now. */
  config(): Config
  metricsText(): Promise<string>
  /** Why nothing can be written; null: it can. */
  storeFault(): string | null
  storeBytes(): number
  topology(): Topology | null
  /** What each worker says of its own. */
  links(): Promise<readonly WorkerLinkStatus[]>
}

/** Consoles ask every two seconds; several of them share a look. */
const lookAgainMs = 1_500
const dayMs = 86_400_000
/** A report of a long run has some hundred kilobytes. */
const reportBytesMax = 8 * 1024 * 1024

interface Look {
  readonly scrape: Scrape
  readonly atMs: number
}

export class ServerState implements StateBook {
  readonly #parts: StateParts
  readonly #startedMs = Date.now()
  #before: Look | null = null
  #latest: Look | null = null
  #looking: Promise<void> | null = null

  constructor(parts: StateParts) {
    this.#parts = parts
  }

  async summary(): Promise<StateSummary> {
    await this.#look()
    const { version } = this.#parts
    const latest = this.#latest as Look
    const before = this.#before ?? latest
    const seconds = (latest.atMs - before.atMs) / 1000
    const { latencySeconds, ...figures } = figuresBetween(before.scrape, latest.scrape, seconds || 1)
    const told = (seconds: number | null) => (seconds === Number.POSITIVE_INFINITY ? 'longer' : seconds)
    const latencies = Object.entries(latencySeconds).map(
      ([name, { p50, p99 }]) => [name, { p50: told(p50), p99: told(p99) }] as const,
    )
    const fault = this.#parts.storeFault()
    return {
      version,
      startedMs: this.#startedMs,
      atMs: Date.now(),
      intervalSeconds: Math.round(seconds * 10) / 10,
      figures: { ...figures, latencySeconds: Object.fromEntries(latencies) },
      store: { bytes: this.#parts.storeBytes(), writable: fault === null, detail: fault ?? 'writable' },
      certificates: shownCertificates(this.#parts.config()),
    }
  }

  topology(): ShownTopology | null {
    const topology = this.#parts.topology()
    if (!topology) return null
    const { version, domains, servers, deniedFingerprints } = topology
    const own = this.#parts.config().server.name?.toLowerCase() ?? null
    return { own, version, domains, servers, deniedCount: deniedFingerprints.length }
  }

  async links(): Promise<ShownLinks | null> {
    const shown = this.topology()
    if (!shown) return null
    const own = { name: shown.own ?? '', topologyVersion: shown.version }
    return shownLinks(own, await this.#parts.links(), Date.now())
  }

  report(): ShownReport | null | string {
    const file = newestReport(dataPaths(this.#parts.config()).reports)
    if (file === null) return null
    try {
      const { size, mtimeMs } = statSync(file)
      if (size > reportBytesMax) return `${file} has ${size} bytes, which is no report`
      return { file, atMs: Math.round(mtimeMs), report: JSON.parse(readFileSync(file, 'utf8')) }
    } catch (error) {
      return `cannot read ${file}: ${(error as NodeJS.ErrnoException).code ?? 'it is no JSON'}`
    }
  }

  /** Whoever asks while somebody looks waits for that. */
  #look(): Promise<void> {
    if (this.#latest && performance.now() - this.#latest.atMs < lookAgainMs) return Promise.resolve()
    this.#looking ??= this.#lookNow().finally(() => {
      this.#looking = null
    })
    return this.#looking
  }

  async #lookNow(): Promise<void> {
    const scrape = readScrape(await this.#parts.metricsText())
    this.#before = this.#latest
    this.#latest = { scrape, atMs: performance.now() }
  }
}

/** `report.json` in the folder, or in a folder of it: whichever was written last. */
function newestReport(folder: string): string | null {
  const candidates = [join(folder, 'report.json')]
  try {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      if (entry.isDirectory()) candidates.push(join(folder, entry.name, 'report.json'))
    }
  } catch {
    return null
  }
  const written = candidates.map((file) => ({ file, atMs: statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0 }))
  const newest = written.toSorted((left, right) => right.atMs - left.atMs)[0]
  return newest && newest.atMs > 0 ? newest.file : null
}

function shownCertificates(config: Config): readonly ShownCertificate[] {
  const { certificate, authority } = dataPaths(config)
  const shown = [shownCertificate('server', certificate.certFile)]
  const isOwn = config.tls.certificateFile === null
  return (isOwn ? [...shown, shownCertificate('authority', authority.certFile)] : shown).filter((each) => each !== null)
}

/** Null: there is none. */
function shownCertificate(what: string, file: string): ShownCertificate | null {
  try {
    const { subject, names, notAfterMs } = describeCertificate(readFileSync(file))
    const daysLeft = Math.floor((notAfterMs - Date.now()) / dayMs)
    return { what, subject: subject === '' ? names.join(', ') : subject, daysLeft, fault: null }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    return code === 'ENOENT' ? null : { what, subject: '', daysLeft: null, fault: `${file}: ${code ?? error}` }
  }
}
