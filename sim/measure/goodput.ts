/**
 * Goodput (D10): what a server answers in time when it is asked for more than it carries, against what it answers at
 * its limit. Counted are answers to REGISTER and MESSAGE, first full states and states that arrived: what users have
 * of it; refusals and what never came are none. In all and by kind: a server that lets messages starve for presence
 * would still do as much as ever.
 */
import { type Hold, holdsOf } from '../workload/holds.ts'
import { overload, overloadSteps } from '../workload/presets/overload.ts'
import type { Workload } from '../workload/workload.ts'
import type { SecondRecord } from './recorder.ts'
import {
  type Goodput,
  type GoodputKind,
  goodputKinds,
  type LevelId,
  type Series,
  type WatchedStep,
} from './run-record.ts'

const levelsOfKind: Readonly<Record<GoodputKind, readonly LevelId[]>> = {
  'sign-ins': ['D1'],
  messages: ['D4'],
  presence: ['D5', 'D7'],
}
const curveOfAll = 'served'
const curveOf = (kind: GoodputKind): string => `${curveOfAll}.${kind}`
const [dueCurve, inTimeCurve, devicesCurve] = ['states.due', 'states.in-time', 'registered']

/** Curves that a driver draws so that goodput can be told from them, beside that of signed-in devices. */
export const servedCurveIds: readonly string[] = [curveOfAll, ...goodputKinds.map(curveOf), dueCurve, inTimeCurve]

type Served = Pick<SecondRecord, 'levels' | 'states'>

/** Of each of these curves the count of one second, by all that were at work in it. */
export function servedCurves(seconds: readonly Served[]): readonly (readonly [string, number])[] {
  const sum = (of: (second: Served) => number) => seconds.reduce((total, second) => total + of(second), 0)
  const countAll = (ids: readonly LevelId[]) =>
    ids.reduce((total, id) => total + sum(({ levels }) => levels[id]?.count ?? 0), 0)
  const kinds = goodputKinds.map((kind) => [curveOf(kind), countAll(levelsOfKind[kind])] as const)
  return [
    [curveOfAll, kinds.reduce((total, [, each]) => total + each, 0)],
    ...kinds,
    [dueCurve, sum(({ states }) => states.due)],
    [inTimeCurve, sum(({ states }) => states.toldInTime)],
  ]
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
  const [devices, due, inTime] = [devicesCurve, dueCurve, inTimeCurve].map((id) => told(id).steps)
  const watched = watchedSteps(devices!, due!, inTime!)
  const kinds = goodputKinds.flatMap((kind) => {
    const own = told(curveOf(kind))
    if (own.ratio === null) return []
    const perSecond = own.steps.map(({ servedPerSecond }) => servedPerSecond)
    const kept = kind === 'presence' ? keptCurrent(steps, watched, times) : null
    return [kept === null ? { kind, perSecond, ratio: own.ratio } : { kind, perSecond, ratio: kept, watched }]
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

function watchedSteps(...curves: readonly [Goodput['steps'], Goodput['steps'], Goodput['steps']]): WatchedStep[] {
  const [devices, due, inTime] = curves
  if (devices.length !== due.length || due.length !== inTime.length) return []
  return due.map(({ servedPerSecond: duePerSecond }, at) => ({
    devices: devices[at]!.servedPerSecond,
    duePerSecond,
    inTimePerSecond: inTime[at]!.servedPerSecond,
  }))
}

/**
 * Devices that are kept current: how many are signed in, times the share of what is due to them that they are told in
 * time; of that at the limit, whose number of devices is as many as count. By the plain number of NOTIFYs a server
 * would do worse whose users' contacts happen not to be let in, though it owes them nothing. Null: nothing was due.
 */
function keptCurrent(steps: Goodput['steps'], watched: readonly WatchedStep[], times: number): number | null {
  const at = (load: number) => watched[steps.findIndex((step) => step.load === load)]
  const [limit, most] = [at(1), at(times)]
  if (!limit || !most || limit.inTimePerSecond === 0 || most.duePerSecond === 0) return null
  const share = ({ duePerSecond, inTimePerSecond }: WatchedStep) => inTimePerSecond / duePerSecond
  return (share(most) / share(limit)) * Math.min(1, most.devices / limit.devices)
}

/** Null where nothing was served at the limit. */
function ratioOf(steps: Goodput['steps'], times: number): number | null {
  const at = (load: number) => steps.find((step) => step.load === load)?.servedPerSecond ?? 0
  return at(1) > 0 ? at(times) / at(1) : null
}
