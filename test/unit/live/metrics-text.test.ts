/**
 * The server's metrics as the driver reads them: counters with and without labels, histograms between two looks, whose
 * values are never told as less than they were.
 */
import { describe, expect, it } from 'vitest'
import { histogramBetween, noMetrics, parseMetrics } from '../../../sim/live/metrics-text.ts'
import { LatencyHistogram } from '../../../sim/measure/latency-histogram.ts'
import { MetricsRegistry, mergeSnapshots, renderPrometheus } from '../../../src/runtime/index.ts'

function look(observed: readonly number[]): ReturnType<typeof parseMetrics> {
  const registry = new MetricsRegistry()
  const histogram = registry.histogram('delay_seconds', 'How late', [0.01, 0.1, 1])
  for (const seconds of observed) histogram.observe(seconds)
  registry.counter('requests_total', 'Requests', { method: 'MESSAGE' }).inc(3)
  registry.counter('requests_total', 'Requests', { method: 'INVITE' }).inc(2)
  return parseMetrics(renderPrometheus(mergeSnapshots([registry.snapshot()])))
}

describe('metrics of a server', () => {
  it('are counters by name, and by name and labels', () => {
    const { counters } = look([])
    expect(counters).toMatchObject({ requests_total: 5, 'requests_total{method="MESSAGE"}': 3, delay_seconds_count: 0 })
  })

  it('have in a histogram what came between two looks, at the upper edge of its bucket', () => {
    const between = histogramBetween('delay_seconds', look([0.005, 0.02, 0.05, 0.5, 7]), look([0.005]))!
    const histogram = LatencyHistogram.of(between)
    expect(histogram.count).toBe(4)
    expect(histogram.percentileUs(50) / 1e6).toBeCloseTo(0.1, 2)
    expect(histogram.maxUs).toBe(2_000_000)
  })

  it('are nothing where there are none', () => {
    expect(histogramBetween('delay_seconds', noMetrics, noMetrics)).toBeUndefined()
  })
})
