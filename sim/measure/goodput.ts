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

/** Curves that a driver draws so that goodput can be told from them, with the count of one second for each. */
export function servedCurves(levels: readonly SecondLevels[]): readonly (readonly [string, number])[] {
  const count = (ids: readonly LevelId[]) =>
    levels.reduce((sum, each) => sum + ids.reduce((most, id) => most + (each[id]?.count ?? 0), 0), 0)
  const kinds = goodputKinds.map((kind) => [`${curveOfAll}.${kind}`, count(levelsOfKind[kind])] as const)
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
  const all = stepsOf(
    holds,
    times,
    series.find(({ id }) => id === curveOfAll),
    speed,
  )
  const ratio = ratioOf(all, times)
  if (ratio === null || all.at(-1)!.load !== times) return null
  const kinds = goodputKinds.flatMap((kind) => {
    const steps = stepsOf(
      holds,
      times,
      series.find(({ id }) => id === `${curveOfAll}.${kind}`),
      speed,
    )
    const own = ratioOf(steps, times)
    return own === null ? [] : [{ kind, perSecond: steps.map(({ servedPerSecond }) => servedPerSecond), ratio: own }]
  })
  return { steps: all, ratio, ...(kinds.length > 0 && { kinds }) }
}

function stepsOf(holds: readonly Hold[], times: number, curve: Series | undefined, speed: number): Goodput['steps'] {
  if (!curve) return []
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
