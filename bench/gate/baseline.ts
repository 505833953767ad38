/**
 * The counters that must not change without a reason: `bench/baseline.json`, written only by
 * `npm run bench -- --update-baseline --reason "…"`, never by a run of the gate. Equal or not; what got better fails
 * too until the baseline is updated, so that a gain is kept.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { array, type InferOutput, number, object, optional, parse, record, string, union } from 'valibot'
import { root } from '../harness/server.ts'

const counterValue = union([number(), string()])
const baselineSchema = object({
  schema: string(),
  /** Part by which a counter may rise, for those that are not exact: 0.02 is 2 %. */
  tolerance: optional(record(string(), number()), {}),
  counters: record(string(), counterValue),
  changes: array(object({ at: string(), commit: string(), reason: string() })),
})

export type Counters = Readonly<Record<string, number | string>>
export type Baseline = InferOutput<typeof baselineSchema>

export interface CounterFailure {
  readonly name: string
  readonly base: number | string | undefined
  readonly now: number | string | undefined
  readonly isBetter: boolean
}

export const baselineFile = join(root, 'bench/baseline.json')

const empty: Baseline = { schema: 'meridian-baseline/1', tolerance: {}, counters: {}, changes: [] }

/** Empty where none was made yet. A file that is not one throws a ValiError or a SyntaxError. */
export function readBaseline(file = baselineFile): Baseline {
  return existsSync(file) ? parse(baselineSchema, JSON.parse(readFileSync(file, 'utf8'))) : empty
}

export function writeBaseline(counters: Counters, change: { at: string; commit: string; reason: string }): void {
  const before = readBaseline()
  const sorted = Object.fromEntries(Object.entries(counters).sort(([a], [b]) => (a < b ? -1 : 1)))
  const next: Baseline = { ...before, counters: sorted, changes: [...before.changes, change] }
  writeFileSync(baselineFile, `${JSON.stringify(next, null, 2)}\n`)
}

/** Missing and unknown counters fail as those that differ. */
export function compareCounters({ counters: base, tolerance }: Baseline, now: Counters): readonly CounterFailure[] {
  const names = [...new Set([...Object.keys(base), ...Object.keys(now)])].sort()
  return names.flatMap((name) => {
    const [before, after] = [base[name], now[name]]
    if (before === after) return []
    const areNumbers = typeof before === 'number' && typeof after === 'number'
    if (areNumbers && Math.abs(after - before) <= Math.abs(before) * (tolerance[name] ?? 0)) return []
    return [{ name, base: before, now: after, isBetter: areNumbers && after < before }]
  })
}
