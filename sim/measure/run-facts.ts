/**
 * What every run is told for its record, whichever driver carries it out, and what the record makes of it.
 */
import type { PlannedRate } from '../workload/planned-rates.ts'
import type { OperationRecord, RateRecord, RunRecord } from './run-record.ts'

export interface RunFacts {
  readonly preset: string
  readonly quick: boolean
  readonly seed: number
  readonly modelVersion: number
  readonly parameters: RunRecord['parameters']
  /** Model time. */
  readonly windows: RunRecord['windows']
  /** Per second of model time; empty where there is no plan to be held against. */
  readonly plannedRates: readonly PlannedRate[]
}

type RecordHead = Pick<
  RunRecord,
  'schema' | 'preset' | 'quick' | 'users' | 'seed' | 'modelVersion' | 'parameters' | 'windows'
>

export function recordHead(facts: RunFacts, users: number): RecordHead {
  const { preset, quick, seed, modelVersion, parameters, windows } = facts
  return { schema: 'meridian-run/1', preset, quick, users, seed, modelVersion, parameters, windows }
}

/** Per second of real time, of which model time makes `speed`. */
export function ratesSeen(
  { plannedRates, windows }: RunFacts,
  operations: readonly OperationRecord[],
  speed: number,
): readonly RateRecord[] {
  const seconds = windows.measureMs / 1_000 / speed
  return plannedRates.map(({ id, perSecond }) => ({
    id,
    plannedPerSecond: perSecond * speed,
    seenPerSecond: (operations.find((operation) => operation.id === id)?.count ?? 0) / seconds,
  }))
}
