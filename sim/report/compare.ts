/**
 * Two reports, or two sets of them, side by side: what changed, sorted by how much; counters exactly; an interval where
 * there are enough runs for one, and the words "single runs: no inference" where not.
 */
import { Prng } from '../world/prng.ts'
import type { Report } from './report.ts'

export interface ComparedRow {
  readonly name: string
  readonly a: number
  readonly b: number
  /** b ÷ a; null where a is 0. */
  readonly ratio: number | null
  /** 95 % of it, by bootstrap; null with single runs. */
  readonly interval: readonly [low: number, high: number] | null
  /** Must be the same, like a count of violations. */
  readonly exact: boolean
  /** A larger b is worse; null: neither. */
  readonly worse: 'more' | 'less' | null
}

export type Comparison =
  | { readonly ok: false; readonly differences: readonly string[] }
  | {
      readonly ok: true
      /** Empty unless it was forced. */
      readonly differences: readonly string[]
      readonly verdict: 'better' | 'worse' | 'no change shown'
      readonly inference: boolean
      readonly rows: readonly ComparedRow[]
    }

const runsMin = 5
const resamples = 4_000

export function compareReports(a: readonly Report[], b: readonly Report[], force = false): Comparison {
  if (a.length === 0 || b.length === 0) throw new RangeError('there is nothing to compare')
  const differences = differencesOf(a, b)
  if (differences.length > 0 && !force) return { ok: false, differences }
  const inference = a.length >= runsMin && b.length >= runsMin
  const rows = rowsOf(a, b, inference).toSorted((one, other) => change(other) - change(one))
  return { ok: true, differences, verdict: verdictOf(rows), inference, rows }
}

/** What must be the same before a number may be held against another. */
function differencesOf(a: readonly Report[], b: readonly Report[]): readonly string[] {
  const [first, ...others] = [...a, ...b]
  const differing = new Set<string>()
  for (const other of others) {
    const check = (what: string, of: (report: Report) => unknown) => {
      const [left, right] = [JSON.stringify(of(first!)), JSON.stringify(of(other))]
      if (left !== right) differing.add(`${what}: ${left} and ${right}`)
    }
    check('preset', ({ run }) => [run.preset, run.quick])
    check('users', ({ run }) => run.users)
    check('parameters', ({ run }) => run.parameters)
    check('transport', ({ run }) => run.transport)
    check('model version', ({ run }) => run.modelVersion)
    check('profile', ({ profile }) => profile.name)
    check('label', ({ label }) => label)
  }
  const seeds = (reports: readonly Report[]) => reports.map(({ run }) => run.seed).toSorted((x, y) => x - y)
  const [left, right] = [JSON.stringify(seeds(a)), JSON.stringify(seeds(b))]
  if (left !== right) differing.add(`seeds: ${left} and ${right}`)
  return [...differing]
}

interface Figure {
  readonly name: string
  readonly exact: boolean
  readonly worse: ComparedRow['worse']
  readonly of: (report: Report) => number | null
}

function rowsOf(a: readonly Report[], b: readonly Report[], inference: boolean): readonly ComparedRow[] {
  return figuresOf(a[0]!).flatMap(({ name, exact, worse, of }) => {
    const [left, right] = [a.map(of), b.map(of)]
    if ([...left, ...right].some((each) => each === null)) return []
    const [from, to] = [left as number[], right as number[]]
    const [one, other] = [mean(from), mean(to)]
    const interval = inference && !exact && one > 0 ? bootstrap(from, to) : null
    return [{ name, a: one, b: other, ratio: one === 0 ? null : other / one, interval, exact, worse }]
  })
}

function figuresOf(report: Report): readonly Figure[] {
  const levels = report.levels.flatMap(({ id, name, bound }) =>
    (['p50', 'p95', 'p99'] as const).map((kind) => ({
      name: `${name}${bound === 'only' ? '' : ` (${bound})`} ${kind}, ms`,
      exact: false,
      worse: 'more' as const,
      of: (other: Report) =>
        other.levels.find((level) => level.id === id && level.bound === bound)?.seenMs[kind] ?? null,
    })),
  )
  const resources = report.resources.map(({ id, name }) => ({
    name: `${name}, part in use`,
    exact: false,
    worse: 'more' as const,
    of: (other: Report) => other.resources.find((each) => each.id === id)?.use.mid ?? null,
  }))
  const users = report.perUser.map(({ id, name, unit }) => ({
    name: unit === '' ? name : `${name}, ${unit}`,
    exact: false,
    worse: 'more' as const,
    of: (other: Report) => other.perUser.find((each) => each.id === id)?.value ?? null,
  }))
  const operations = report.operations.map(({ id }) => ({
    name: `${id}, count`,
    exact: true,
    worse: null,
    of: (other: Report) => other.operations.find((each) => each.id === id)?.count ?? null,
  }))
  return [...levels, ...resources, ...users, ...operations, ...violations]
}

const violations: readonly Figure[] = (
  ['lost', 'duplicates', 'stale', 'misordered', 'unauthorised', 'notConverged', 'neverSent'] as const
).map((kind) => ({
  name: `violations: ${kind}`,
  exact: true,
  worse: 'more',
  of: ({ correctness }) => correctness[kind],
}))

/** A violation more or less decides; then what an interval shows. Single runs show nothing. */
function verdictOf(rows: readonly ComparedRow[]): 'better' | 'worse' | 'no change shown' {
  const signs = rows.flatMap(({ a, b, exact, interval, worse }) => {
    if (worse === null) return []
    const direction = worse === 'more' ? 1 : -1
    if (exact) return b === a ? [] : [Math.sign(b - a) * direction]
    if (interval === null || (interval[0] <= 1 && interval[1] >= 1)) return []
    return [Math.sign(interval[0] - 1) * direction]
  })
  if (signs.some((sign) => sign > 0)) return 'worse'
  return signs.length > 0 ? 'better' : 'no change shown'
}

function change({ a, b, ratio }: ComparedRow): number {
  if (ratio === null) return b === a ? 0 : Number.POSITIVE_INFINITY
  return ratio > 0 ? Math.abs(Math.log(ratio)) : Number.POSITIVE_INFINITY
}

/** Of the ratio of the means, both sides drawn anew with replacement; a fixed seed: the same each time. */
function bootstrap(a: readonly number[], b: readonly number[]): readonly [number, number] {
  const random = new Prng(20031126, 'compare')
  const drawn = (values: readonly number[]) => mean(values.map(() => random.pick(values)))
  const ratios = Array.from({ length: resamples }, () => drawn(b) / drawn(a)).filter(Number.isFinite)
  ratios.sort((one, other) => one - other)
  const at = (part: number) => ratios[Math.min(ratios.length - 1, Math.floor(part * ratios.length))] ?? 1
  return [at(0.025), at(0.975)]
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, each) => sum + each, 0) / values.length
}
