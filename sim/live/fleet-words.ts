/** What the main thread and a fleet's thread say to each other. Times are microseconds of `clock.ts`. */
import type { MessagePort } from 'node:worker_threads'
import type { SecondRecord, WindowRecord } from '../measure/recorder.ts'
import type { CorrectnessRecord } from '../measure/run-record.ts'
import type { Dialect } from '../users/context.ts'
import type { PairReport } from '../verify/message-verifier.ts'
import type { PopulationPlan } from './populations.ts'
import type { LinkShape } from './shaped-link.ts'
import type { Target } from './target.ts'

/** Given to a thread when it starts; structured-cloneable. */
export interface FleetTask {
  readonly port: MessagePort
  readonly board: SharedArrayBuffer
  readonly plan: PopulationPlan
  readonly first: number
  readonly end: number
  /** Of the run's devices, the thread's first. */
  readonly firstDevice: number
  readonly target: Target
  readonly ca: string | null
  readonly serverName: string | null
  readonly domain: string
  readonly prefix: string
  readonly dialect: Dialect
  readonly runId: string
  readonly seed: number
  readonly speed: number
  readonly resumption: number
  /** Of the thread's users. */
  readonly link: LinkShape | null
}

export type ToFleet =
  | {
      readonly kind: 'start'
      /** Model time 0. */
      readonly startUs: number
      readonly windowFromUs: number
      readonly windowToUs: number
      /** What is due later in model time is left. */
      readonly untilModelMs: number
    }
  /** The server is about to be killed, or has died. */
  | { readonly kind: 'fault'; readonly atUs: number }
  | { readonly kind: 'tell-clock' }
  | { readonly kind: 'count-unconverged'; readonly isLast: boolean }
  | { readonly kind: 'report-pairs'; readonly recipients: readonly number[] }
  /** No more actions; devices stay. */
  | { readonly kind: 'halt' }
  | { readonly kind: 'end' }

export type FromFleet =
  | { readonly kind: 'ready' }
  | { readonly kind: 'clock'; readonly nowUs: number }
  | { readonly kind: 'second'; readonly second: FleetSecond }
  | { readonly kind: 'kill-server' }
  | { readonly kind: 'unconverged'; readonly count: number }
  | { readonly kind: 'pairs'; readonly reports: readonly PairReport[] }

export interface FleetSecond extends SecondRecord {
  readonly registered: number
  readonly wanted: number
  readonly underWay: number
  /** The largest distance behind the plan, µs. */
  readonly behindUs: number
  /** Part of a core. */
  readonly cpuShare: number
  readonly isDone: boolean
}

export interface FleetResult {
  readonly window: WindowRecord
  readonly correctness: CorrectnessRecord
  readonly overflowed: number
  /** Largest share of a core in any second of the window. */
  readonly cpuShare: number
  readonly devices: number
}
