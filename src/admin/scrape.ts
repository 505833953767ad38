/**
 * A scrape of the server's metrics: what each family adds up to, and its histograms.
 */
import { bucketsOf, type HistogramBuckets, readSeries } from '../runtime/index.ts'

export interface Scrape {
  /** The sum over all series of a family; 0 for one that is not there. */
  total(name: string): number
  /** By worker, of a family whose series name theirs; empty for one that has none. */
  byWorker(name: string): ReadonlyMap<number, number>
  /** Cumulative counts by upper bound, over all series, rising; empty for what is no histogram. */
  buckets(name: string): HistogramBuckets
}

const workerLabel = /[{,]worker="(\d+)"/

export function readScrape(text: string): Scrape {
  const series = readSeries(text)
  const totals = new Map<string, number>()
  const workers = new Map<string, Map<number, number>>()
  for (const { name, labels, value, bound } of series) {
    if (bound !== null) continue
    totals.set(name, (totals.get(name) ?? 0) + value)
    const worker = workerLabel.exec(labels)?.[1]
    if (worker === undefined) continue
    const values = workers.get(name) ?? new Map<number, number>()
    values.set(Number(worker), (values.get(Number(worker)) ?? 0) + value)
    workers.set(name, values)
  }
  const histograms = bucketsOf(series)
  return {
    total: (name) => totals.get(name) ?? 0,
    byWorker: (name) => workers.get(name) ?? new Map(),
    buckets: (name) => histograms.get(name) ?? new Map(),
  }
}

/** The share `quantile` of what was observed between two scrapes lies at or below this bound; null: nothing was. */
export function quantileBetween(before: Scrape, after: Scrape, name: string, quantile: number): number | null {
  const earlier = before.buckets(name)
  const counts = [...after.buckets(name)].map(([bound, count]) => [bound, count - (earlier.get(bound) ?? 0)] as const)
  const all = Math.max(0, ...counts.map(([, count]) => count))
  if (all === 0) return null
  return counts.find(([, count]) => count >= all * quantile)?.[0] ?? null
}
