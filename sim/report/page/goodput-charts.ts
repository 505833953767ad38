/**
 * The curves of a load that grows beyond the limit: offered load against what is served of it.
 */
import type { Report } from '../report.ts'
import type { Chart, ChartAxis } from './chart.ts'

export function goodputCharts({ goodput }: Report): readonly Chart[] {
  if (goodput === null) return []
  const { label, loads, served, statesDue, statesInTime } = goodput
  const line = (name: string, values: readonly number[]) => ({
    name,
    points: loads.map((load, at) => [load, values[at] ?? null] as const),
  })
  const x: ChartAxis = { name: 'times the limit', show: (value) => `${Number(value.toPrecision(2))} ×`, from: 0 }
  const chart = (id: string, title: string, lines: Chart['lines']): Chart => {
    const names = lines.map(({ name }) => name).join(', ')
    const description = `${title}: ${names}, at each load that was held. ${label}.`
    return { id, title, description, x, y: { name: `1/s, ${label}`, show: shown, from: 0 }, lines }
  }
  const lines = served.map(({ name, perSecond }) => line(name, perSecond))
  const charts = [chart('goodput', 'Served under overload, by kind', lines)]
  if (statesDue.length === 0) return charts
  const states = [line('due', statesDue), line('told in time', statesInTime)]
  return [...charts, chart('goodput-presence', 'Presence under overload: states due to watchers who are there', states)]
}

function shown(value: number): string {
  return value >= 1_000 ? String(Math.round(value)) : String(Number(value.toPrecision(3)))
}
