/**
 * Counters, gauges and histograms as plain objects with a number each: no lock, no call on the hot path but an
 * addition. Names are Prometheus names (`meridian_messages_total`); labels are fixed when the metric is made.
 */
export interface Counter {
  inc(by?: number): void
}

export interface Gauge {
  set(value: number): void
}

export interface Histogram {
  /** Value in the metric's own unit (seconds, bytes, count). */
  observe(value: number): void
}

export interface Metrics {
  counter(name: string, help: string, labels?: Readonly<Record<string, string>>): Counter
  gauge(name: string, help: string, labels?: Readonly<Record<string, string>>): Gauge
  histogram(
    name: string,
    help: string,
    buckets: readonly number[],
    labels?: Readonly<Record<string, string>>,
  ): Histogram
}
