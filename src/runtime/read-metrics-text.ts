/**
 * Prometheus' text format 0.0.4 read back, as `metrics-text.ts` writes it. Lines that are no series (HELP, TYPE, what
 * is broken) are passed over.
 */
export interface TextSeries {
  readonly name: string
  /** With their braces, as they are written; empty where there are none. */
  readonly labels: string
  readonly value: number
  /** Of a bucket of a histogram: its upper bound (`le`), in the metric's unit. Null: it is none. */
  readonly bound: number | null
}

/** Bounds rise, as they are written. */
export type HistogramBuckets = ReadonlyMap<number, number>

const seriesLine = /^(\w+)(\{.*\})? (\S+)$/
const boundLabel = /[{,]le="([^"]+)"/
const bucketSuffix = '_bucket'

export function readSeries(text: string): readonly TextSeries[] {
  return text.split('\n').flatMap((line) => {
    const [, name, labels = '', value = ''] = seriesLine.exec(line) ?? []
    if (name === undefined) return []
    const bound = name.endsWith(bucketSuffix) ? boundLabel.exec(labels)?.[1] : undefined
    return [{ name, labels, value: numberOf(value), bound: bound === undefined ? null : numberOf(bound) }]
  })
}

/** By the histogram's name: how many were at most so much, all labels together. */
export function bucketsOf(series: readonly TextSeries[]): ReadonlyMap<string, HistogramBuckets> {
  const histograms = new Map<string, Map<number, number>>()
  for (const { name, value, bound } of series) {
    if (bound === null) continue
    const family = name.slice(0, -bucketSuffix.length)
    const counts = histograms.get(family) ?? new Map<number, number>()
    counts.set(bound, (counts.get(bound) ?? 0) + value)
    histograms.set(family, counts)
  }
  return histograms
}

function numberOf(text: string): number {
  if (text === '+Inf') return Number.POSITIVE_INFINITY
  return text === '-Inf' ? Number.NEGATIVE_INFINITY : Number(text)
}
