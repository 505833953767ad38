/**
 * The operational laws (Denning and Buzen, 1978) of a run: what one transaction asks of each resource, how many a
 * second that bounds, and whether the instruments agree with each other.
 */
import type { RunRecord, Series, ValidityReading } from '../measure/run-record.ts'
import type { Profile } from '../profiles/profile.ts'
import { windowSeconds } from './judge-input.ts'
import type { ReportResource } from './report.ts'
import { isMeantSteady } from './steadiness.ts'

export interface Demand {
  readonly resource: string
  /** V: how often a transaction asks for it. */
  readonly visits: number
  /** S, milliseconds each time. */
  readonly serviceMs: number
  /** D = V·S: milliseconds of it that a transaction takes. */
  readonly demandMs: number
  /** U = X·D, of all there is of it. */
  readonly utilisation: number
  /** Transactions a second at which it reaches its target. */
  readonly boundPerSecond: number
}

/** No transactions of users: the line's own upkeep. */
const upkeep = new Set(['keepalive', 'handshake'])
const errorMax = 0.05
/** Fewer say nothing of a mean time. */
const requestsMin = 1_000
const readingsMin = 12

/** X: requests that were answered, each direction once. */
export function transactionsPerSecond(run: RunRecord): number {
  const count = run.operations.reduce((sum, { id, count: each }) => sum + (upkeep.has(id) ? 0 : each), 0)
  return count / windowSeconds(run)
}

/** Of resources that are used by the transaction; memory is used by the user. */
export function demandsOf(run: RunRecord, profile: Profile, resources: readonly ReportResource[]): readonly Demand[] {
  const perSecond = transactionsPerSecond(run)
  if (perSecond === 0) return []
  const bytes = run.operations.reduce((sum, { bytesIn, bytesOut }) => sum + Math.max(bytesIn, bytesOut), 0)
  const visits: Readonly<Partial<Record<ReportResource['id'], number>>> = {
    cpu: 1,
    thread: 1,
    disk: (run.server?.commits ?? 0) / windowSeconds(run) / perSecond,
    link: bytes / windowSeconds(run) / perSecond,
  }
  return resources.flatMap(({ id, name, use, target }) => {
    const asked = visits[id]
    if (!asked || use.mid <= 0) return []
    const units = id === 'cpu' ? profile.cpu.count : 1
    const demandMs = ((use.mid * units) / perSecond) * 1_000
    const boundPerSecond = (target * units * 1_000) / demandMs
    return [
      { resource: name, visits: asked, serviceMs: demandMs / asked, demandMs, utilisation: use.mid, boundPerSecond },
    ]
  })
}

/** Where a check fails one of the instruments is wrong, and so is the report. */
export function lawReadings(run: RunRecord): readonly ValidityReading[] {
  return [...littleReading(run), ...utilisationReading(run)]
}

/** N = X·R on the requests under way at the server: counted over time, and by the times of those that ended. */
function littleReading(run: RunRecord): readonly ValidityReading[] {
  const { counters = {} } = run.server ?? {}
  const { meridian_requests_ended_total: ended = 0, meridian_request_seconds_total: seconds = 0 } = counters
  const underWaySeconds = counters.meridian_requests_under_way_seconds_total
  if (underWaySeconds === undefined || ended < requestsMin || seconds <= 0) return []
  const perSecond = ended / windowSeconds(run)
  const underWay = underWaySeconds / windowSeconds(run)
  const error = underWay / (perSecond * (seconds / ended)) - 1
  return [law('Little’s, of requests under way', error, errorMax, isWithin(error, errorMax))]
}

/** U = X·D: what a transaction took in the first half of the window must explain the processor time of the second. */
function utilisationReading(run: RunRecord): readonly ValidityReading[] {
  const cpu = run.series.find(({ id }) => id === 'server.cpu' || id === 'cpu')
  const rates = run.series.filter(({ id }) => isTransactionRate(id))
  if (!cpu || rates.length === 0 || !isMeantSteady(run)) return []
  const [first, second] = halves(run).map((half) => {
    const uses = within(cpu, half, run)
    const seen = rates.map((rate) => within(rate, half, run))
    return {
      count: uses.length,
      use: mean(uses),
      useSpread: spreadOfMean(uses),
      rate: seen.reduce((sum, each) => sum + mean(each), 0),
      rateSpread: Math.hypot(...seen.map(spreadOfMean)),
    }
  })
  if (!first || !second || Math.min(first.count, second.count) < readingsMin) return []
  if (!(first.use > 0 && first.rate > 0 && second.use > 0 && second.rate > 0)) return []
  const error = second.use / ((second.rate * first.use) / first.rate) - 1
  // Means of so many readings differ by chance.
  const spreads = [first, second].flatMap(({ use, useSpread, rate, rateSpread }) => [
    useSpread / use,
    rateSpread / rate,
  ])
  const limit = errorMax + 2 * Math.hypot(...spreads)
  return [law('of utilisation, the second half of the window by the first', error, limit, isWithin(error, limit))]
}

function isTransactionRate(id: string): boolean {
  if (id === 'notify-rate' || id === 'message-rate') return true
  return id.startsWith('rate.') && !upkeep.has(id.slice('rate.'.length))
}

function halves({ windows: { warmUpMs, measureMs } }: RunRecord): readonly (readonly [number, number])[] {
  const middleMs = warmUpMs + measureMs / 2
  return [
    [warmUpMs, middleMs],
    [middleMs, warmUpMs + measureMs],
  ]
}

function within(
  series: Series,
  [fromMs, toMs]: readonly [number, number],
  { speed = 1 }: RunRecord,
): readonly number[] {
  const { t0Ms, stepMs, values } = series
  return values.filter((value, index): value is number => {
    const at = t0Ms + index * stepMs * speed
    return value !== null && at >= fromMs && at < toMs
  })
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, each) => sum + each, 0) / Math.max(1, values.length)
}

/** Standard error. */
function spreadOfMean(values: readonly number[]): number {
  const middle = mean(values)
  const squares = values.reduce((sum, each) => sum + (each - middle) ** 2, 0)
  return Math.sqrt(squares / Math.max(1, values.length - 1) / Math.max(1, values.length))
}

function law(name: string, error: number, limit: number, ok: boolean): ValidityReading {
  const percent = (part: number) => `${(part * 100).toFixed(1)} %`
  return { check: `law: ${name}`, reading: `off by ${percent(error)}`, limit: `± ${percent(limit)}`, ok }
}

function isWithin(error: number, limit: number): boolean {
  return Math.abs(error) <= limit
}
