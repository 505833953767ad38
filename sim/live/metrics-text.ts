/**
 * The metrics of a server, Prometheus text: counters, and histograms as ours have them. What lies in a bucket counts as
 * long as the bucket's upper edge: never as less than it was.
 */
import { get } from 'node:http'
import { bucketsOf, type HistogramBuckets, readSeries } from '../../src/runtime/read-metrics-text.ts'
import { LatencyHistogram, type SparseHistogram } from '../measure/latency-histogram.ts'

export interface Metrics {
  /** By name with their labels, and summed over labels by name alone. */
  readonly counters: Readonly<Record<string, number>>
  /** By name: how many were at most so many seconds, all labels together. */
  readonly buckets: ReadonlyMap<string, HistogramBuckets>
}

export const noMetrics: Metrics = { counters: {}, buckets: new Map() }

export function parseMetrics(text: string): Metrics {
  const series = readSeries(text)
  const counters: Record<string, number> = {}
  for (const { name, labels, value, bound } of series) {
    if (bound !== null || !Number.isFinite(value)) continue
    if (labels !== '') counters[name + labels] = value
    counters[name] = (counters[name] ?? 0) + value
  }
  return { counters, buckets: bucketsOf(series) }
}

/** What was counted between two looks; undefined where there is no such histogram. */
export function histogramBetween(name: string, last: Metrics, first: Metrics): SparseHistogram | undefined {
  const edges = last.buckets.get(name)
  if (!edges) return undefined
  const before = first.buckets.get(name)
  const histogram = new LatencyHistogram()
  let [below, edgeSeconds] = [0, 0]
  for (const [seconds, count] of [...edges].toSorted(([a], [b]) => a - b)) {
    const upTo = count - (before?.get(seconds) ?? 0)
    // Beyond the last edge nothing is known but that it was more.
    edgeSeconds = Number.isFinite(seconds) ? seconds : edgeSeconds * 2
    for (; below < upTo; below++) histogram.record(edgeSeconds * 1e6)
  }
  return histogram.toSparse()
}

/** Empty where nobody answers. */
export async function readMetrics(url: string | null): Promise<Metrics> {
  return url === null ? noMetrics : parseMetrics(await fetchText(url).catch(() => ''))
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
