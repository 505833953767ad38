/**
 * The metrics port inside one thread: objects with plain number fields. Each thread has a registry of its own; the main
 * thread collects their snapshots, merges them and renders them (`metrics-text.ts`).
 */
import assert from 'node:assert/strict'
import type { Counter, Gauge, Histogram, Metrics } from '../ports/metrics.ts'

export type MetricLabels = Readonly<Record<string, string>>

/** One series at one moment; plain data that crosses threads as it is. */
export interface MetricSample {
  readonly name: string
  readonly kind: 'counter' | 'gauge' | 'histogram'
  readonly help: string
  readonly labels: MetricLabels
  /** The value; of a histogram, the sum of all observed values. */
  readonly value: number
  /** Upper bounds of a histogram, rising, without the infinite one; empty otherwise. */
  readonly bounds: readonly number[]
  /** Observations per bucket, not cumulative, one more than bounds; empty otherwise. */
  readonly counts: readonly number[]
}

/** Labels come from code, not from peers; a registry that grows past this has a label that does not. */
export const seriesMax = 10_000

class CounterCell implements Counter {
  value = 0

  inc(by = 1): void {
    this.value += by
  }
}

class GaugeCell implements Gauge {
  value = 0

  set(value: number): void {
    this.value = value
  }
}

class HistogramCell implements Histogram {
  /** The sum of all observed values. */
  value = 0
  readonly bounds: readonly number[]
  readonly counts: number[]

  constructor(bounds: readonly number[]) {
    this.bounds = bounds
    this.counts = new Array<number>(bounds.length + 1).fill(0)
  }

  observe(value: number): void {
    let index = 0
    while (index < this.bounds.length && value > this.bounds[index]!) index++
    this.counts[index]!++
    this.value += value
  }
}

type Cell = CounterCell | GaugeCell | HistogramCell

interface Family {
  readonly kind: MetricSample['kind']
  readonly help: string
  readonly bounds: readonly number[]
}

interface Series {
  readonly name: string
  readonly labels: MetricLabels
  readonly cell: Cell
}

export class MetricsRegistry implements Metrics {
  readonly #families = new Map<string, Family>()
  readonly #series = new Map<string, Series>()

  counter(name: string, help: string, labels: MetricLabels = {}): Counter {
    assert(name.endsWith('_total'), `${name}: the name of a counter ends with _total`)
    return this.#cell(name, { kind: 'counter', help, bounds: [] }, labels) as CounterCell
  }

  gauge(name: string, help: string, labels: MetricLabels = {}): Gauge {
    return this.#cell(name, { kind: 'gauge', help, bounds: [] }, labels) as GaugeCell
  }

  histogram(name: string, help: string, buckets: readonly number[], labels: MetricLabels = {}): Histogram {
    const isRising = buckets.every((bound, index) => index === 0 || bound > buckets[index - 1]!)
    assert(isRising && buckets.every(Number.isFinite), `${name}: buckets rise and are finite`)
    return this.#cell(name, { kind: 'histogram', help, bounds: [...buckets] }, labels) as HistogramCell
  }

  snapshot(): MetricSample[] {
    return Array.from(this.#series.values(), ({ name, labels, cell }) => {
      const { kind, help, bounds } = this.#families.get(name)!
      const counts = cell instanceof HistogramCell ? [...cell.counts] : []
      return { name, kind, help, labels, value: cell.value, bounds, counts }
    })
  }

  /** The same name and labels give the same cell, so that a service made twice goes on counting. */
  #cell(name: string, family: Family, labels: MetricLabels): Cell {
    checkNames(name, family, labels)
    const known = this.#families.get(name)
    if (known) assert.deepEqual(family, known, `${name} was declared before in another way`)
    else this.#families.set(name, family)
    const key = seriesKey(name, labels)
    const existing = this.#series.get(key)
    if (existing) return existing.cell
    assert(this.#series.size < seriesMax, `more than ${seriesMax} series; the newest is ${key}`)
    const cell = newCell(family)
    this.#series.set(key, { name, labels: { ...labels }, cell })
    return cell
  }
}

function newCell(family: Family): Cell {
  if (family.kind === 'histogram') return new HistogramCell(family.bounds)
  return family.kind === 'counter' ? new CounterCell() : new GaugeCell()
}

function checkNames(name: string, family: Family, labels: MetricLabels): void {
  assert(/^[a-zA-Z_:][a-zA-Z0-9_:]*$/.test(name), `${name} is no name of a metric`)
  for (const label of Object.keys(labels)) {
    const isReserved = label.startsWith('__') || (family.kind === 'histogram' && label === 'le')
    assert(/^[a-zA-Z_][a-zA-Z0-9_]*$/.test(label) && !isReserved, `${label} is no label of ${name}`)
  }
}

export function seriesKey(name: string, labels: MetricLabels): string {
  const pairs = Object.entries(labels).sort(([left], [right]) => (left < right ? -1 : 1))
  return JSON.stringify([name, ...pairs])
}

/**
 * One set of samples of several threads' snapshots: counters, gauges and histograms of the same name and labels are
 * added. A gauge that must not be added (a delay, a version) carries its worker as a label.
 */
export function mergeSnapshots(snapshots: readonly (readonly MetricSample[])[]): MetricSample[] {
  const merged = new Map<string, MetricSample>()
  for (const sample of snapshots.flat()) {
    const key = seriesKey(sample.name, sample.labels)
    const before = merged.get(key)
    merged.set(key, before ? added(before, sample) : sample)
  }
  return [...merged.values()]
}

function added(left: MetricSample, right: MetricSample): MetricSample {
  assert(left.kind === right.kind && left.counts.length === right.counts.length, `${left.name} differs between threads`)
  const counts = left.counts.map((count, index) => count + right.counts[index]!)
  return { ...left, value: left.value + right.value, counts }
}
