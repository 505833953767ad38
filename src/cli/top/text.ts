/**
 * The figures of a server as tables for a terminal.
 */
import type { Figures } from '../../admin/index.ts'
import { table } from '../table.ts'

export function topText({ now: counts, perSecond, latencySeconds, waiting: queues, workers }: Figures): string {
  const plain = (values: Readonly<Record<string, number>>) =>
    Object.entries(values).map(([name, value]) => [name, String(value)])
  const times = Object.entries(latencySeconds).map(([name, { p50, p99 }]) => [name, bound(p50), bound(p99)])
  const each = workers.map(({ worker, values: { busy = 0, ...counts } }) => [
    String(worker),
    ...Object.values(counts).map(String),
    `${Math.round(busy * 100)} %`,
  ])
  const { busy: _, ...columns } = workers[0]?.values ?? {}
  return [
    table(['now', ''], plain(counts)),
    table(['a second', ''], plain(perSecond)),
    table(['at most', 'p50', 'p99'], times),
    table(['waiting', ''], plain(queues)),
    ...(workers.length === 0 ? [] : [table(['worker', ...Object.keys(columns), 'busy'], each)]),
  ].join('\n\n')
}

function bound(seconds: number | null): string {
  if (seconds === null) return '–'
  return Number.isFinite(seconds) ? `${seconds * 1000} ms` : 'longer'
}
