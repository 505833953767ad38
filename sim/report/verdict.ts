/**
 * The verdict: whether so many users fit, by what they are limited, how much room is left, and the one line that says
 * it everywhere.
 */
import { type Label, labels, type RunRecord } from '../measure/run-record.ts'
import { type Bound, type ByBound, byBound } from '../profiles/range-of-three.ts'
import { levelsAt } from './level-results.ts'
import type { Report, ReportLevel, ReportResource } from './report.ts'
import type { BaseUse } from './resource-use.ts'

export interface VerdictParts {
  readonly run: RunRecord
  readonly profile: string
  readonly levels: readonly ReportLevel[]
  readonly resources: readonly ReportResource[]
  readonly budgets: Report['budgets']
  readonly validity: RunRecord['validity']
  readonly correct: boolean
  /** Latencies are those of the profile: it was emulated or projected, or is the machine of the run. */
  readonly throttled: boolean
  /** By search, else null. */
  readonly limit: ByBound | null
  readonly base: BaseUse
}

export function verdictOf(parts: VerdictParts): Report['verdict'] {
  const word = wordOf(parts)
  const headroom = byBound((bound) => 1 - Math.max(0, ...parts.resources.map(({ use, target }) => use[bound] / target)))
  const limit = parts.limit ? { ...parts.limit, how: 'searched' as const } : extrapolated(parts)
  const label = weakest([
    parts.run.label,
    ...parts.resources.filter(({ id }) => id !== 'memory').map((each) => each.label),
    ...(limit?.how === 'extrapolated' ? (['projected'] as const) : []),
  ])
  const limitedBy = limiting(parts)
  const verdict = { word, users: parts.run.users, limitedBy, headroom, limit, label }
  return { ...verdict, sentence: sentence(parts, verdict), paragraph: paragraph(parts, verdict) }
}

/** `fits`: all holds at the high conversion; `borderline`: at the middle, not at the high. */
function wordOf(parts: VerdictParts): Report['verdict']['word'] {
  if (parts.validity.some(({ ok }) => !ok)) return 'INVALID'
  if (holdsAt(parts, 'high')) return 'fits'
  return holdsAt(parts, 'mid') ? 'borderline' : 'does-not-fit'
}

/** A load that is meant to be too much may use up everything. */
function holdsAt({ run, levels, resources, budgets, correct }: VerdictParts, bound: Bound): boolean {
  return (
    correct &&
    levelsAt(levels, bound).every(({ ok }) => ok) &&
    budgets.every(({ ok }) => ok) &&
    (run.preset === 'overload' || resources.every(({ use, target }) => use[bound] <= target))
  )
}

/** The resource with the least room; what fails without one being short is named instead. */
function limiting({ levels, resources, budgets, correct }: VerdictParts): string {
  const [first] = resources.toSorted((a, b) => b.use.mid / b.target - a.use.mid / a.target)
  if (first && first.use.mid > first.target) return first.id
  if (!correct) return 'correctness'
  const level = levelsAt(levels, 'mid').find(({ ok }) => !ok)
  if (level) return level.name
  return budgets.find(({ ok }) => !ok)?.id ?? first?.id ?? 'nothing that was seen'
}

/** A straight line from what is taken with nobody signed in to here. */
function extrapolated(parts: VerdictParts): Report['verdict']['limit'] {
  const { run, resources } = parts
  const holds = levelsAt(parts.levels, 'mid').every(({ ok }) => ok)
  if (resources.length === 0 || !holds || !parts.correct) return null
  const found = byBound((bound) => straightLineLimit(run.users, resources, parts.base, bound).users)
  return Number.isFinite(found.mid) ? { ...byBound((bound) => Math.max(0, found[bound])), how: 'extrapolated' } : null
}

/** Users at which the first of the resources reaches its target; infinite where none grows with them. */
export function straightLineLimit(
  users: number,
  resources: readonly ReportResource[],
  base: BaseUse,
  bound: Bound,
): { readonly users: number; readonly resource: string } {
  const nothing = { users: Number.POSITIVE_INFINITY, resource: 'nothing that was seen' }
  return resources.reduce((least, { id, use, target }) => {
    const taken = base[id]?.[bound] ?? 0
    const most = use[bound] > taken ? (users * (target - taken)) / (use[bound] - taken) : Number.POSITIVE_INFINITY
    return most < least.users ? { users: most, resource: id } : least
  }, nothing)
}

export function weakest(all: readonly Label[]): Label {
  return labels[Math.min(...all.map((label) => labels.indexOf(label)))]!
}

type Spoken = Omit<Report['verdict'], 'sentence' | 'paragraph'>

function sentence(parts: VerdictParts, { word, users, limitedBy, headroom, limit, label }: Spoken): string {
  const { run, profile } = parts
  const about = `VERDICT ${word}: ${users} users on ${profile} (${describeLoad(run)})`
  if (word === 'INVALID') return `${about}: ${reasons(parts).join('; ')}`
  const room = `headroom ${percent(headroom.mid)} % [${percent(headroom.high)}…${percent(headroom.low)}]`
  const most = limit
    ? `limit ≈ ${threeDigits(limit.mid)} users [${threeDigits(limit.high)}…${threeDigits(limit.low)}]`
    : 'limit not found'
  return `${about}: limited by ${limitedBy}, ${room}, ${most} (${label})`
}

export function describeLoad({ preset, parameters, seed }: RunRecord): string {
  const { contacts = '?', lists } = parameters
  return `${preset}, K=${contacts}, lists ${lists === true ? 'on' : 'off'}, seed ${seed}`
}

function reasons({ validity }: VerdictParts): readonly string[] {
  return validity.filter(({ ok }) => !ok).map(({ check, reading, limit }) => `${check} ${reading} (limit ${limit})`)
}

function paragraph(parts: VerdictParts, { word, users, limitedBy, headroom, limit, label }: Spoken): string {
  const who = `${grouped(users)} users on ${parts.profile}`
  if (word === 'INVALID')
    return `This run says nothing about ${who}: ${reasons(parts).join('; ')}. Mend that and run it again.`
  const where = parts.throttled ? '' : ' on the machine of the run, which was not throttled'
  const opening = {
    fits: `${who} fit: every target holds, also at the pessimistic end of the conversion, and every level${where}.`,
    borderline: `${who} fit at the middle conversion and not at its pessimistic end.`,
    'does-not-fit': `${who} do not fit: ${limitedBy} does not hold at the middle conversion.`,
  }[word]
  const levels = parts.levels
    .filter(({ ok }) => !ok)
    .map(({ name, bound }) => (bound === 'only' ? name : `${name} at ${bound}`))
  const failing = levels.length > 0 ? ` Levels that do not hold: ${levels.join(', ')}.` : ''
  const room = ` What has the least room is ${limitedBy}, with ${percent(headroom.mid)} % of it left`
  const how = limit?.how === 'extrapolated' ? 'by a straight line' : 'by search'
  const most = limit
    ? `; the limit is about ${grouped(threeDigits(limit.mid))} users, ${how}, between ` +
      `${grouped(threeDigits(limit.high))} and ${grouped(threeDigits(limit.low))}.`
    : '.'
  return `${opening}${failing}${room}${most} The figures are ${label}.`
}

function percent(part: number): number {
  return Math.round(part * 100)
}

function threeDigits(value: number): number {
  return Math.round(Number(value.toPrecision(3)))
}

/** `10,000` */
export function grouped(value: number): string {
  return String(Math.round(value)).replaceAll(/\B(?=(\d{3})+$)/g, ',')
}
