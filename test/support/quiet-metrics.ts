/**
 * Metrics that count and can be read by name and labels, for tests of what is counted.
 */
import type { Metrics } from '../../src/ports/metrics.ts'

export interface CountedMetrics extends Metrics {
  /** `name{a=b}` to its value; of histograms the number of observations. */
  readonly values: ReadonlyMap<string, number>
}

export function counterMetrics(): CountedMetrics {
  const values = new Map<string, number>()
  const key = (name: string, labels: Readonly<Record<string, string>> = {}) =>
    `${name}{${Object.entries(labels)
      .map(([label, value]) => `${label}=${value}`)
      .join(',')}}`
  const add = (name: string, by: number) => void values.set(name, (values.get(name) ?? 0) + by)
  return {
    values,
    counter: (name, _, labels) => ({ inc: (by = 1) => add(key(name, labels), by) }),
    gauge: (name, _, labels) => ({ set: (value) => void values.set(key(name, labels), value) }),
    histogram: (name, _help, _buckets, labels) => ({ observe: () => add(key(name, labels), 1) }),
  }
}
