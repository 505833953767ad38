/**
 * Live runs of the simulator in tests: a server of its own on loopback, a few users of the drill, seconds instead of
 * minutes. Figures of time mean nothing here; counts and verdicts do.
 */

import { type DrillRun, drillOptions } from '../../sim/live/drill-options.ts'
import { type Driven, drive } from '../../sim/live/drive.ts'
import type { RunRecord } from '../../sim/measure/run-record.ts'

export function driveDrill(run: DrillRun): Promise<Driven> {
  return drive(drillOptions(run))
}

/** The record; fails the test where the run could not begin. */
export async function recordOf(run: DrillRun): Promise<RunRecord> {
  const driven = await driveDrill(run)
  if (!driven.ok) throw new Error(driven.message)
  return driven.record
}

export function countOf(record: RunRecord, operation: string): number {
  return record.operations.find(({ id }) => id === operation)?.count ?? 0
}

export const clean = {
  lost: 0,
  duplicates: 0,
  stale: 0,
  misordered: 0,
  unauthorised: 0,
  notConverged: 0,
  neverSent: 0,
  examples: [],
}
