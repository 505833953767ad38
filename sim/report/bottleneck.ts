/**
 * What limits the load: a chain from the fullest resource down to the work that its time goes to, the next resource,
 * and what each transaction asks of all of them.
 */
import type { RunRecord } from '../measure/run-record.ts'
import type { Profile } from '../profiles/profile.ts'
import { demandsOf, transactionsPerSecond } from './laws.ts'
import { levelsAt, levelUse } from './level-results.ts'
import type { Report, ReportLevel, ReportResource } from './report.ts'
import { workOf } from './work.ts'

export function bottleneckOf(
  run: RunRecord,
  profile: Profile,
  resources: readonly ReportResource[],
  levels: readonly ReportLevel[],
): Report['bottleneck'] {
  const demands = demandsOf(run, profile, resources).map((demand) => ({ ...demand }))
  const found = { transactionsPerSecond: transactionsPerSecond(run), demands, work: workRows(run) }
  const [first, second] = resources.toSorted((a, b) => b.use.mid / b.target - a.use.mid / a.target)
  if (!first) return { chain: [], next: null, ...found }
  const slowest = slowestLevel(levelsAt(levels, 'mid'))
  const chain = [
    `${first.name} ${percent(first.use.mid)} of ${percent(first.target)}`,
    first.detail,
    ...(first.id === 'cpu' || first.id === 'thread' ? downTheThread(run, first, resources) : []),
    ...(slowest ? [slowest] : []),
  ]
  if (!second || second.use.mid <= 0) return { chain, next: null, ...found }
  const factor = first.use.mid / first.target / (second.use.mid / second.target)
  const share = `${percent(second.use.mid)} of ${percent(second.target)}`
  const growth = `without ${first.name} as its limit the load could be ${factor.toFixed(1)} times the limit`
  return { chain, next: `${second.name}, ${share}: ${growth}`, ...found }
}

/** The busiest thread, the operation that most of the workers' time goes to, and the piece of it that takes most. */
function downTheThread(run: RunRecord, first: ReportResource, resources: readonly ReportResource[]): readonly string[] {
  const thread = resources.find(({ id }) => id === 'thread')
  const busiest = thread && first.id === 'cpu' ? [`busiest thread ${percent(thread.use.mid)} of one CPU`] : []
  const work = run.server ? workOf(run.server) : []
  const shares = new Map<string, number>()
  for (const { operation, share } of work) {
    if (operation !== null) shares.set(operation, (shares.get(operation) ?? 0) + share)
  }
  const [most] = [...shares].toSorted(([, a], [, b]) => b - a)
  if (!most) return busiest
  const [operation, share] = most
  const piece = work.find((each) => each.operation === operation)!
  return [...busiest, `${operation} ${percent(share)} of the workers’ time`, `${piece.work} ${percent(piece.share)}`]
}

function workRows({ server }: RunRecord): Report['bottleneck']['work'] {
  return server ? workOf(server).map((piece) => ({ ...piece })) : []
}

function slowestLevel(levels: readonly ReportLevel[]): string | null {
  const used = levels.map((level) => ({ level, use: levelUse(level) ?? 0 })).toSorted((a, b) => b.use - a.use)
  const [first] = used
  return first && first.use > 0 ? `slowest level: ${first.level.name}, ${percent(first.use)} of its limit` : null
}

function percent(part: number): string {
  return `${Math.round(part * 100)} %`
}
