/**
 * Metrics: counting, merging the threads' snapshots, and Prometheus' text format 0.0.4.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MetricsRegistry, mergeSnapshots } from '../../../src/runtime/metrics.ts'
import { escapeHelp, escapeLabel, renderPrometheus } from '../../../src/runtime/metrics-text.ts'

function registry() {
  const metrics = new MetricsRegistry()
  metrics.counter('m_messages_total', 'Messages.', { result: 'stored' }).inc(2)
  metrics.counter('m_messages_total', 'Messages.', { result: 'delivered' }).inc()
  metrics.gauge('m_flows', 'Open flows.').set(7)
  const sizes = metrics.histogram('m_size_bytes', 'Sizes.', [10, 100])
  for (const value of [1, 10, 11, 1000]) sizes.observe(value)
  return metrics
}

describe('the text format', () => {
  it('has HELP and TYPE once a metric and cumulative buckets', () => {
    expect(renderPrometheus(registry().snapshot())).toBe(
      [
        '# HELP m_flows Open flows.',
        '# TYPE m_flows gauge',
        'm_flows 7',
        '# HELP m_messages_total Messages.',
        '# TYPE m_messages_total counter',
        'm_messages_total{result="delivered"} 1',
        'm_messages_total{result="stored"} 2',
        '# HELP m_size_bytes Sizes.',
        '# TYPE m_size_bytes histogram',
        'm_size_bytes_bucket{le="10"} 2',
        'm_size_bytes_bucket{le="100"} 3',
        'm_size_bytes_bucket{le="+Inf"} 4',
        'm_size_bytes_sum 1022',
        'm_size_bytes_count 4',
        '',
      ].join('\n'),
    )
  })

  it.each([
    [Number.NaN, 'NaN'],
    [Number.POSITIVE_INFINITY, '+Inf'],
    [Number.NEGATIVE_INFINITY, '-Inf'],
    [0.1, '0.1'],
    [1e21, '1e+21'],
  ])('writes %d as %s', (value, text) => {
    const metrics = new MetricsRegistry()
    metrics.gauge('g', 'G.').set(value)
    expect(renderPrometheus(metrics.snapshot())).toContain(`\ng ${text}\n`)
  })

  /** What a scraper does with an escaped text. */
  const unescaped = (text: string) => text.replace(/\\(.)/g, (_, character) => (character === 'n' ? '\n' : character))

  it('escapes any label value and help so that a scraper reads it back, on one line', () => {
    const anyText = fc.string({
      unit: fc.oneof(fc.constantFrom('\\', '"', '\n', 'n', '}', ','), fc.string({ maxLength: 1 })),
    })
    fc.assert(
      fc.property(anyText, (text) => {
        expect(escapeLabel(text)).toMatch(/^(?:[^"\\\n]|\\[\\"n])*$/)
        expect(unescaped(escapeLabel(text))).toBe(text)
        expect(escapeHelp(text)).not.toContain('\n')
        expect(unescaped(escapeHelp(text))).toBe(text)
        const metrics = new MetricsRegistry()
        metrics.gauge('g', text, { label: text }).set(1)
        const lines = renderPrometheus(metrics.snapshot()).split('\n')
        expect(lines).toHaveLength(4)
        expect(unescaped(/^g\{label="(.*)"\} 1$/s.exec(lines[2]!)![1]!)).toBe(text)
      }),
    )
  })
})

describe('snapshots', () => {
  it('cross threads and do not change afterwards', () => {
    const metrics = registry()
    const before = structuredClone(metrics.snapshot())
    metrics.gauge('m_flows', 'Open flows.').set(8)
    expect(before.find((sample) => sample.name === 'm_flows')?.value).toBe(7)
  })

  it('of several threads add up', () => {
    const merged = mergeSnapshots([registry().snapshot(), registry().snapshot(), []])
    expect(merged).toHaveLength(4)
    expect(renderPrometheus(merged)).toContain('m_size_bytes_bucket{le="+Inf"} 8\nm_size_bytes_sum 2044')
    expect(renderPrometheus(merged)).toContain('m_messages_total{result="stored"} 4')
  })

  it('add up whatever the order of labels', () => {
    const one = new MetricsRegistry()
    one.counter('c_total', 'C.', { a: '1', b: '2' }).inc()
    const two = new MetricsRegistry()
    two.counter('c_total', 'C.', { b: '2', a: '1' }).inc()
    expect(mergeSnapshots([one.snapshot(), two.snapshot()])).toMatchObject([{ value: 2 }])
  })
})

describe('the registry', () => {
  it('gives the same cell for the same name and labels', () => {
    const metrics = new MetricsRegistry()
    metrics.counter('c_total', 'C.').inc()
    metrics.counter('c_total', 'C.').inc()
    expect(metrics.snapshot()).toMatchObject([{ value: 2 }])
  })

  it.each<[string, (metrics: MetricsRegistry) => void]>([
    ['a counter without _total', (metrics) => metrics.counter('c', 'C.')],
    ['a name with a dash', (metrics) => metrics.gauge('a-b', 'G.')],
    ['a reserved label', (metrics) => metrics.gauge('g', 'G.', { __a: '' })],
    ['le on a histogram', (metrics) => metrics.histogram('h', 'H.', [1], { le: '1' })],
    ['buckets that do not rise', (metrics) => metrics.histogram('h', 'H.', [2, 1])],
    ['one name with two kinds', (metrics) => [metrics.gauge('a_total', 'A.'), metrics.counter('a_total', 'A.')]],
    ['one name with two helps', (metrics) => [metrics.gauge('a', 'A.'), metrics.gauge('a', 'B.')]],
  ])('refuses %s', (_, declare) => expect(() => declare(new MetricsRegistry())).toThrow())
})
