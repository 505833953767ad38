/**
 * Prometheus' text format 0.0.4: one HELP and TYPE a metric, its series below, histogram buckets cumulative.
 */
import type { MetricLabels, MetricSample } from './metrics.ts'
import { seriesKey } from './metrics.ts'

export const prometheusContentType = 'text/plain; version=0.0.4; charset=utf-8'

export function renderPrometheus(samples: readonly MetricSample[]): string {
  const byName = new Map<string, MetricSample[]>()
  for (const sample of samples) {
    const series = byName.get(sample.name)
    if (series) series.push(sample)
    else byName.set(sample.name, [sample])
  }
  // Sorted, so that two scrapes can be compared line by line.
  return [...byName.keys()]
    .sort()
    .map((name) => family(byName.get(name)!))
    .join('')
}

function family(series: readonly MetricSample[]): string {
  const { name, help, kind } = series[0]!
  const sorted = series.toSorted((left, right) =>
    seriesKey(name, left.labels) < seriesKey(name, right.labels) ? -1 : 1,
  )
  const lines = sorted.flatMap(kind === 'histogram' ? histogramLines : valueLine)
  return `# HELP ${name} ${escapeHelp(help)}\n# TYPE ${name} ${kind}\n${lines.join('\n')}\n`
}

function valueLine({ name, labels, value }: MetricSample): string[] {
  return [`${name}${labelsText(labels)} ${numberText(value)}`]
}

function histogramLines({ name, labels, value, bounds, counts }: MetricSample): string[] {
  const lines: string[] = []
  let below = 0
  for (const [index, count] of counts.entries()) {
    below += count
    const le = numberText(bounds[index] ?? Number.POSITIVE_INFINITY)
    lines.push(`${name}_bucket${labelsText({ ...labels, le })} ${below}`)
  }
  lines.push(`${name}_sum${labelsText(labels)} ${numberText(value)}`, `${name}_count${labelsText(labels)} ${below}`)
  return lines
}

function labelsText(labels: MetricLabels): string {
  const pairs = Object.entries(labels).map(([label, value]) => `${label}="${escapeLabel(value)}"`)
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`
}

export function escapeLabel(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
}

export function escapeHelp(help: string): string {
  return help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')
}

function numberText(value: number): string {
  if (Number.isNaN(value)) return 'NaN'
  if (Number.isFinite(value)) return String(value)
  return value > 0 ? '+Inf' : '-Inf'
}
