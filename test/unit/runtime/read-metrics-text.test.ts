/**
 * Prometheus' text format 0.0.4 read back: every value and label that the writer can write, and no line that is none.
 */
import { describe, expect, it } from 'vitest'
import { MetricsRegistry, renderPrometheus } from '../../../src/runtime/index.ts'
import { bucketsOf, readSeries } from '../../../src/runtime/read-metrics-text.ts'

describe('metrics that are read back', () => {
  it('are what was written, labels with braces and quotes too', () => {
    const metrics = new MetricsRegistry()
    metrics.counter('refused_total', 'Refused {all} 3', { what: 'a}b "c" d' }).inc(3)
    metrics.gauge('Users', 'Users').set(Number.NaN)
    metrics.gauge('left', 'Left').set(Number.NEGATIVE_INFINITY)
    expect(readSeries(renderPrometheus(metrics.snapshot())).toSorted((a, b) => (a.name < b.name ? -1 : 1))).toEqual([
      { name: 'Users', labels: '', value: Number.NaN, bound: null },
      { name: 'left', labels: '', value: Number.NEGATIVE_INFINITY, bound: null },
      { name: 'refused_total', labels: '{what="a}b \\"c\\" d"}', value: 3, bound: null },
    ])
  })

  it('have the buckets of a histogram by bound, all labels together', () => {
    const metrics = new MetricsRegistry()
    for (const worker of ['0', '1']) {
      const histogram = metrics.histogram('delay_seconds', 'Late', [0.01, 1], { worker })
      for (const seconds of [0.005, 0.5, 7]) histogram.observe(seconds)
    }
    const buckets = bucketsOf(readSeries(renderPrometheus(metrics.snapshot())))
    expect([...buckets.keys()]).toEqual(['delay_seconds'])
    expect([...buckets.get('delay_seconds')!]).toEqual([
      [0.01, 2],
      [1, 4],
      [Number.POSITIVE_INFINITY, 6],
    ])
  })

  it('are none where a label is called le and nothing is a histogram, or where a line is no series', () => {
    expect(readSeries('size{le="3"} 4\n# TYPE size gauge\nsize\n\n')).toEqual([
      { name: 'size', labels: '{le="3"}', value: 4, bound: null },
    ])
  })
})
