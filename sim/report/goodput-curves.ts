/**
 * Goodput under overload as curves: what is served at each part of the limit, in all and of each kind, and how much of
 * what is due to watchers they are told in time.
 */
import type { RunRecord } from '../measure/run-record.ts'
import type { Report } from './report.ts'

/** Null of a run whose load did not grow beyond the limit. */
export function goodputCurves({ goodput, label }: RunRecord): Report['goodput'] {
  if (!goodput) return null
  const { steps, kinds = [] } = goodput
  const watched = kinds.find((each) => each.watched !== undefined)?.watched ?? []
  return {
    label,
    loads: steps.map(({ load }) => load),
    served: [
      { name: 'all', perSecond: steps.map(({ servedPerSecond }) => servedPerSecond) },
      ...kinds.map(({ kind, perSecond }) => ({ name: kind, perSecond: [...perSecond] })),
    ],
    statesDue: watched.map(({ duePerSecond }) => duePerSecond),
    statesInTime: watched.map(({ inTimePerSecond }) => inTimePerSecond),
    devices: watched.map(({ devices }) => devices),
  }
}
