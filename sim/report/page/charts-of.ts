/**
 * Which charts a report has: what its series and histograms allow.
 */
import { LatencyHistogram } from '../../measure/latency-histogram.ts'
import type { Report, ReportSeries } from '../report.ts'
import { milliseconds } from '../summary.ts'
import type { Chart, ChartAxis, ChartLine } from './chart.ts'
import { goodputCharts } from './goodput-charts.ts'

export function chartsOf(report: Report): readonly Chart[] {
  return [
    ...goodputCharts(report),
    ...latencies(report),
    ...distribution(report),
    ...overTime(report, 'rates', 'Operations per second', '1/s', plain, ratesShown, 0),
    ...overTime(report, 'served', 'Answers and states that users had in time', '1/s', plain, { served: 'served' }, 0),
    ...overTime(report, 'cpu', 'Processor time of the server, on this machine', 'cores', plain, processorShown, 0),
    ...overTime(report, 'memory', 'Memory of the server', 'MB', plain, memoryShown, 0),
    ...overTime(report, 'waiting', 'What waits at the server', '', plain, { 'server.waiting': 'waiting' }, 0),
    ...overTime(report, 'backlog', 'Work that waits at the server', '', milliseconds, { backlog: 'backlog' }, 0),
    ...overTime(report, 'devices', 'Devices signed in', 'devices', plain, { registered: 'signed in' }, 0),
    ...overTime(report, 'flush', 'Commits and flushes', '1/s', plain, { commits: 'commits' }, 0),
    ...overTime(report, 'loop', 'Delay of the event loop', '', milliseconds, { 'server.loop.p99': 'p99' }, 0),
    ...overTime(report, 'lag', 'How late the generator sent, 99 %', '', milliseconds, { 'lag.p99': 'lag' }, 0),
  ]
}

/** Of the live driver, and of the virtual one. */
const processorShown = { 'server.cpu': 'server', cpu: 'server' } as const
const memoryShown = { 'server.resident': 'resident', 'server.heap': 'heaps after full collections' } as const
const ratesShown: Readonly<Record<string, string>> = {
  'rate.notify': 'NOTIFY',
  'rate.message': 'MESSAGE',
  'rate.typing': 'typing',
  'rate.publish': 'PUBLISH',
  'rate.subscribe': 'SUBSCRIBE',
  'rate.register': 'REGISTER',
  'notify-rate': 'NOTIFY',
  'message-rate': 'MESSAGE',
}

const levelNames: Readonly<Record<string, string>> = { D1: 'register', D2: 'sign-on', D3: 'message', D5: 'presence' }

/** Each level has its own: three percentiles and the limit of the last. */
function latencies(report: Report): readonly Chart[] {
  return Object.entries(levelNames).flatMap(([id, name]) => {
    const limit = report.levels.find((level) => level.id === id)?.limitMs.p99
    const shown = { [`${id}.p50`]: 'p50', [`${id}.p95`]: 'p95', [`${id}.p99`]: 'p99' }
    const title = `Latency of ${name} over time`
    return overTime(report, `latency-${id}`, title, 'latency', milliseconds, shown, 0).map((chart) => {
      const most = Math.max(...chart.lines.flatMap(({ points }) => points.map(([, y]) => y ?? 0)))
      // A limit far above would press all lines onto the ground.
      return limit && most > limit / 8 ? { ...chart, limit: { name: 'limit of p99', y: limit } } : chart
    })
  })
}

function distribution({ histograms, levels }: Report): readonly Chart[] {
  const lines = levels
    .filter(({ bound }) => bound === 'only' || bound === 'mid')
    .flatMap(({ id, name }) => (histograms[id] && histograms[id].count > 0 ? [lineOf(name, histograms[id])] : []))
    .slice(0, 6)
  if (lines.length === 0) return []
  return [
    {
      id: 'distribution',
      title: 'How many were answered within a time',
      description: 'For each service level the part of all that took at most so long, over a logarithmic axis of time.',
      x: { name: 'latency', show: milliseconds, isLog: true },
      y: { name: 'part of all', show: (value) => `${Math.round(value * 1000) / 10} %`, from: 0 },
      lines,
    },
  ]
}

function lineOf(name: string, sparse: Report['histograms'][string]): ChartLine {
  const histogram = LatencyHistogram.of(sparse)
  const parts = [1, 5, 10, 20, 30, 40, 50, 60, 70, 80, 90, 95, 97, 99, 99.5, 99.9, 99.99, 100]
  const points = parts.map(
    (percent) => [Math.max(0.01, histogram.percentileUs(percent) / 1_000), percent / 100] as const,
  )
  return { name, points: points.filter(([x], index) => index === 0 || x > points[index - 1]![0]) }
}

function overTime(
  report: Report,
  id: string,
  title: string,
  unit: string,
  show: (value: number) => string,
  shown: Readonly<Record<string, string>>,
  from: number,
): readonly Chart[] {
  const found = Object.entries(shown).flatMap(([seriesId, name]) => {
    const series = report.series.find((each) => each.id === seriesId)
    return series?.values.some((value) => value !== null) ? [{ name, series }] : []
  })
  if (found.length === 0) return []
  const { time, scale } = timeAxis(found[0]!.series)
  const lines = found.map(({ name, series }) => ({ name, points: pointsOf(series, scale) }))
  const label = found[0]!.series.label
  const names = lines.map(({ name }) => name).join(', ')
  const description = `${title}: ${names}, over the time of the run. ${label}.`
  const y: ChartAxis = { name: unit === '' ? label : `${unit}, ${label}`, show, from }
  return [{ id, title, description, x: time, y, lines }]
}

/** Bytes become megabytes. What is read now and then is a line through what was read; elsewhere a gap is a gap. */
function pointsOf({ t0Ms, stepMs, values, unit }: ReportSeries, scale: number): ChartLine['points'] {
  const size = unit === 'bytes' ? 2 ** 20 : 1
  const points = values.map(
    (value, index) => [(t0Ms + index * stepMs) / scale, value === null ? null : value / size] as const,
  )
  const seen = points.filter(([, y]) => y !== null)
  return seen.length * 2 < points.length ? seen : points
}

/** Hours for a day, minutes for an hour. */
function timeAxis({ t0Ms, stepMs, values }: ReportSeries): { time: ChartAxis; scale: number } {
  const isLong = values.length * stepMs > 4 * 3_600_000
  const scale = isLong ? 3_600_000 : 60_000
  const digits = (values.length * stepMs) / scale < 10 ? 1 : 0
  const show = (value: number) => String(Number(value.toFixed(digits)))
  return { time: { name: isLong ? 'hours of the model' : 'minutes of the model', show, from: t0Ms / scale }, scale }
}

function plain(value: number): string {
  return value >= 1_000 ? String(Math.round(value)) : String(Number(value.toPrecision(3)))
}
