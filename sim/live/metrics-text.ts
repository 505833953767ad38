/**
 * The metrics of a server, Prometheus text: counters, and histograms as ours have them. What lies in a bucket counts as
 * long as the bucket's upper edge: never as less than it was.
 */
import { get } from 'node:http'
import { LatencyHistogram, type SparseHistogram } from '../measure/latency-histogram.ts'

export interface Metrics {
  /** By name with their labels, and summed over labels by name alone. */
  readonly counters: Readonly<Record<string, number>>
  /** By name: how many were at most so many seconds, all labels together. */
  readonly buckets: ReadonlyMap<string, ReadonlyMap<number, number>>
}

export const noMetrics: Metrics = { counters: {}, buckets: new Map() }

export function parseMetrics(text: string): Metrics {
  const counters: Record<string, number> = {}
  const buckets = new Map<string, Map<number, number>>()
  for (const line of text.split('\n')) {
    const [, name, labels = '', value] = /^([a-z_0-9]+)(\{.*\})? ([0-9.eE+-]+)$/.exec(line) ?? []
    if (name === undefined) continue
    const edge = /\ble="([^"]+)"/.exec(labels)?.[1]
    if (edge === undefined) {
      if (labels !== '') counters[name + labels] = Number(value)
      counters[name] = (counters[name] ?? 0) + Number(value)
      continue
    }
    const whole = name.replace(/_bucket$/, '')
    const found = buckets.get(whole) ?? new Map<number, number>()
    const seconds = edge === '+Inf' ? Number.POSITIVE_INFINITY : Number(edge)
    found.set(seconds, (found.get(seconds) ?? 0) + Number(value))
    buckets.set(whole, found)
  }
  return { counters, buckets }
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
