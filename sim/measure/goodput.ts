/**
 * Goodput (D10): what a server answers in time when it is asked for more than it carries, against what it answers at
 * its limit. Counted are answers to REGISTER and MESSAGE, first full states and states that arrived: what users have
 * of it; refusals and what never came are none. In all and by kind: a server that lets messages starve for presence
 * would still do as much as ever.
 */
import { type Hold, holdsOf } from '../workload/holds.ts'
import { overload, overloadSteps } from '../workload/presets/overload.ts'
import type { Workload } from '../workload/workload.ts'
import type { SparseHistogram } from './latency-histogram.ts'
import { type Goodput, type GoodputKind, goodputKinds, type LevelId, type Series } from './run-record.ts'

type SecondLevels = Readonly<Partial<Record<LevelId, SparseHistogram>>>

const levelsOfKind: Readonly<Record<GoodputKind, readonly LevelId[]>> = {
  'sign-ins': ['D1'],
  messages: ['D4'],
  presence: ['D5', 'D7'],
}
const curveOfAll = 'served'
const curveOf = (kind: GoodputKind): string => `${curveOfAll}.${kind}`

/** Curves that a driver draws so that goodput can be told from them. */
export const servedCurveIds: readonly string[] = [curveOfAll, ...goodputKinds.map(curveOf)]

/** Of each of these curves the count of one second, by all that were at work in it. */
export function servedCurves(levels: readonly SecondLevels[]): readonly (readonly [string, number])[] {
  const count = (id: LevelId) => levels.reduce((sum, each) => sum + (each[id]?.count ?? 0), 0)
  const countAll = (ids: readonly LevelId[]) => ids.reduce((sum, id) => sum + count(id), 0)
  const kinds = goodputKinds.map((kind) => [curveOf(kind), countAll(levelsOfKind[kind])] as const)
  return [[curveOfAll, kinds.reduce((sum, [, each]) => sum + each, 0)], ...kinds]
}

/** Of a run of the preset `overload`, whose users are the last of its steps, in parts of the limit; else null. */
export function goodputSeen(
  preset: string,
  workload: Pick<Workload, 'parameters' | 'plan'>,
  series: readonly Series[],
  speed: number,
): Goodput | null {
  return preset === overload.name ? goodputOf(holdsOf(workload), overloadSteps.at(-1)!, series, speed) : null
}

/**
 * `times`: how many times the limit the largest step is. Null where the curves do not cover the step at the limit and
 * the largest one.
 */
export function goodputOf(
  holds: readonly Hold[],
  times: number,
  series: readonly Series[],
  speed: number,
): Goodput | null {
  const told = (id: string) => {
    const curve = series.find((each) => each.id === id)
    const steps = curve ? stepsOf(holds, times, curve, speed) : []
    return { steps, ratio: ratioOf(steps, times) }
  }
  const { steps, ratio } = told(curveOfAll)
  if (ratio === null || steps.at(-1)!.load !== times) return null
  const kinds = goodputKinds.flatMap((kind) => {
    const own = told(curveOf(kind))
    const perSecond = own.steps.map(({ servedPerSecond }) => servedPerSecond)
    return own.ratio === null ? [] : [{ kind, perSecond, ratio: own.ratio }]
  })
  return { steps, ratio, ...(kinds.length > 0 && { kinds }) }
}

function stepsOf(holds: readonly Hold[], times: number, curve: Series, speed: number): Goodput['steps'] {
  return holds.flatMap(({ share, fromMs, toMs }) => {
    const values = curve.values.filter((value, index): value is number => {
      const at = curve.t0Ms + index * curve.stepMs * speed
      return value !== null && at >= fromMs && at < toMs
    })
    const load = Number((share * times).toPrecision(6))
    const servedPerSecond = values.reduce((sum, value) => sum + value, 0) / values.length
    return values.length === 0 ? [] : [{ load, servedPerSecond }]
  })
}

/** Null where nothing was served at the limit. */
function ratioOf(steps: Goodput['steps'], times: number): number | null {
  const at = (load: number) => steps.find((step) => step.load === load)?.servedPerSecond ?? 0
  return at(1) > 0 ? at(times) / at(1) : null
}
