/**
 * A chart as inline SVG: lines over one horizontal axis, with title, description and a table of its data. Lines are
 * told apart by colour (Okabe and Ito), by dashes and by their name beside their end; nothing is said by colour alone.
 */
import { scaleLinear, scaleLog } from 'd3-scale'
import { html, type Markup, table } from './markup.ts'

export interface ChartLine {
  readonly name: string
  /** Null: nothing seen; the line has a gap. */
  readonly points: readonly (readonly [x: number, y: number | null])[]
}

export interface Chart {
  readonly id: string
  readonly title: string
  /** What it shows, in a sentence: for those who do not see it. */
  readonly description: string
  readonly x: ChartAxis
  readonly y: ChartAxis
  readonly lines: readonly ChartLine[]
  /** A level line that must not be crossed. */
  readonly limit?: { readonly name: string; readonly y: number }
}

export interface ChartAxis {
  readonly name: string
  readonly show: (value: number) => string
  readonly isLog?: boolean
  readonly from?: number
}

const width = 720
const height = 280
const place = { left: 82, right: 150, top: 14, bottom: 44 } as const
const pointsMax = 150
const rowsMax = 40

export function chartFigure(chart: Chart): Markup {
  const drawn = chart.lines.filter(({ points }) => points.some(([, y]) => y !== null))
  if (drawn.length === 0) return html``
  return html`<figure class="chart" id="${chart.id}"><h3>${chart.title}</h3>
<div class="wide" role="region" aria-label="${chart.title}" tabindex="0">${picture({ ...chart, lines: drawn })}</div>
<details><summary>Data of this chart</summary>${dataTable({ ...chart, lines: drawn })}</details></figure>
`
}

function picture(chart: Chart): Markup {
  const { id, title, description, lines, limit } = chart
  const { x, y } = scalesOf(chart)
  const bottom = height - place.bottom
  const right = width - place.right
  return html`<svg viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="${id}-title ${id}-desc">
<title id="${id}-title">${title}</title><desc id="${id}-desc">${description}</desc>
${axisMarkup(chart, x, y)}
${limit ? limitLine(limit, y(limit.y), right) : null}
${lines.map(({ points }, index) => html`<path class="line l${index}" d="${pathOf(thinned(points), x, y)}"/>`)}
${legend(lines, y, bottom)}
</svg>`
}

function limitLine({ name }: { readonly name: string }, middle: number, right: number): Markup {
  return html`<path class="limit" d="M${place.left} ${at(middle)}H${right}"/>
<text class="limit" x="${right + 6}" y="${at(middle + 4)}">${name}</text>`
}

type Scale = ReturnType<typeof scaleLinear<number>> | ReturnType<typeof scaleLog<number>>

function scalesOf({ x, y, lines, limit }: Chart): { x: Scale; y: Scale } {
  const xs = lines.flatMap(({ points }) => points.map(([at]) => at))
  const ys = [...lines.flatMap(({ points }) => points.flatMap(([, value]) => (value === null ? [] : [value])))]
  if (limit) ys.push(limit.y)
  return {
    x: scaleOf(x, xs).range([place.left, width - place.right]),
    y: scaleOf(y, ys)
      .nice(5)
      .range([height - place.bottom, place.top]),
  }
}

function scaleOf({ isLog, from }: ChartAxis, values: readonly number[]): Scale {
  const low = from ?? values.reduce((least, each) => Math.min(least, each), Number.POSITIVE_INFINITY)
  const high = values.reduce((most, each) => Math.max(most, each), Number.NEGATIVE_INFINITY)
  if (isLog) return scaleLog().domain([Math.max(low, 1e-3), Math.max(high, low * 10, 1e-2)])
  return scaleLinear().domain([low, high > low ? high : low + 1])
}

function axisMarkup({ x: xAxis, y: yAxis }: Chart, x: Scale, y: Scale): Markup {
  const bottom = height - place.bottom
  const right = width - place.right
  const down = ticksOf(y, yAxis, 5).map(
    (value) =>
      html`<path class="grid" d="M${place.left} ${at(y(value))}H${right}"/>
<text class="tick end" x="${place.left - 6}" y="${at(y(value) + 4)}">${yAxis.show(value)}</text>`,
  )
  const across = ticksOf(x, xAxis, 7).map(
    (value) => html`<text class="tick middle" x="${at(x(value))}" y="${bottom + 16}">${xAxis.show(value)}</text>`,
  )
  return html`${down}${across}<path class="axis" d="M${place.left} ${bottom}H${right}"/>
<text class="name middle" x="${(place.left + right) / 2}" y="${height - 8}">${xAxis.name}</text>
<text class="name middle" transform="translate(13 ${(place.top + bottom) / 2}) rotate(-90)">${yAxis.name}</text>`
}

/** Of a logarithmic axis the powers of ten only: what lies between would be written over each other. */
function ticksOf(scale: Scale, { isLog }: ChartAxis, count: number): readonly number[] {
  const ticks = scale.ticks(count)
  return isLog ? ticks.filter((value) => Math.abs(Math.log10(value) - Math.round(Math.log10(value))) < 1e-9) : ticks
}

/** Names beside the ends of the lines, moved apart where they would lie on each other. */
function legend(lines: readonly ChartLine[], y: Scale, bottom: number): readonly Markup[] {
  const step = 17
  const ends = lines.map(({ name, points }, index) => {
    const last = points.findLast(([, value]) => value !== null)
    return { name, index, y: y(last?.[1] ?? 0) }
  })
  ends.sort((a, b) => a.y - b.y)
  let lowest = place.top
  const placed = ends.map((end) => {
    const middle = Math.max(end.y, lowest)
    lowest = middle + step
    return { ...end, y: middle }
  })
  const over = Math.max(0, lowest - step - bottom)
  const left = width - place.right + 6
  return placed.map(({ name, index, y: middle }) => {
    const line = at(Math.max(place.top, middle - over))
    return html`<path class="line l${index}" d="M${left} ${line}h22"/>
<text class="key" x="${left + 27}" y="${at(line + 4)}">${name}</text>`
  })
}

/** The largest of each group, so that no peak is lost. */
function thinned(points: ChartLine['points']): ChartLine['points'] {
  return grouped(points, pointsMax)
}

function grouped(points: ChartLine['points'], most: number): ChartLine['points'] {
  if (points.length <= most) return points
  const size = Math.ceil(points.length / most)
  return Array.from({ length: Math.ceil(points.length / size) }, (_, group) => {
    const own = points.slice(group * size, (group + 1) * size)
    const seen = own.flatMap(([, y]) => (y === null ? [] : [y]))
    return [own[0]![0], seen.length === 0 ? null : seen.reduce((most, each) => Math.max(most, each), seen[0]!)] as const
  })
}

function pathOf(points: ChartLine['points'], x: Scale, y: Scale): string {
  let path = ''
  let isGap = true
  for (const [across, value] of points) {
    if (value !== null) path += `${isGap ? 'M' : 'L'}${at(x(across))} ${at(y(value))}`
    isGap = value === null
  }
  return path
}

function dataTable({ title, x, y, lines }: Chart): Markup {
  const all = lines.map(({ points }) => new Map(grouped(points, rowsMax)))
  const xs = [...new Set(all.flatMap((points) => [...points.keys()]))].sort((a, b) => a - b)
  const columns = [{ head: x.name }, ...lines.map(({ name }) => ({ head: name, isNumber: true }))]
  const shown = (value: number | null | undefined) => (value === null || value === undefined ? '–' : y.show(value))
  return table(
    `${title}: ${y.name}`,
    columns,
    xs.map((at) => [x.show(at), ...all.map((points) => shown(points.get(at)))]),
  )
}

/** A tenth of a point is enough. */
function at(value: number): number {
  return Math.round(value * 10) / 10
}
