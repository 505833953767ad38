/**
 * What a driver, live or virtual, has seen in a run: the truth from which reports, verdicts and gates are made. Plain
 * data, JSON without loss. Every figure carries one label: measured (this machine, unthrottled), emulated (throttled to
 * a profile) or projected (computed).
 */
import type { SparseHistogram } from './latency-histogram.ts'

export const labels = ['projected', 'emulated', 'measured'] as const
export type Label = (typeof labels)[number]

/** Service levels: D1 register … D10 overload goodput; what each is and its limits: `levels.ts`. */
export type LevelId = 'D1' | 'D2' | 'D3' | 'D4' | 'D5' | 'D6' | 'D7' | 'D8' | 'D9' | 'D10'

export interface LevelRecord {
  readonly id: LevelId
  /** Microseconds from the scheduled moment. */
  readonly latency: SparseHistogram
  /** The same from the moment of sending. */
  readonly service: SparseHistogram
  readonly failures: number
  /** Causes of the failures: a status code, `timeout`, `closed`, with their numbers. */
  readonly causes: Readonly<Record<string, number>>
}

export const operationIds = [
  'register',
  'subscribe',
  'publish',
  'notify',
  'message',
  'typing',
  'session',
  'keepalive',
  'handshake',
] as const
export type OperationId = (typeof operationIds)[number]

/** Seen at the server's side of the wire: `bytesIn` is what the server received. */
export interface OperationRecord {
  readonly id: OperationId
  readonly count: number
  readonly bytesIn: number
  readonly bytesOut: number
}

export interface ThreadRecord {
  readonly name: string
  readonly cpuUs: number
  /** The largest part of a core that the thread used in any second of the window, 0 … 1. */
  readonly busiestSecond: number
}

/** What the server took in the measured window. Absent for a target that cannot be looked into. */
export interface ServerRecord {
  readonly name: string
  readonly version: string
  readonly cpuUserUs: number
  readonly cpuSystemUs: number
  readonly threads: readonly ThreadRecord[]
  /** What it took with nobody signed in, over so many seconds before the run. */
  readonly idle?: { readonly seconds: number; readonly cpuUserUs: number; readonly cpuSystemUs: number }
  /** Resident with nobody signed in and all accounts made, and at the end of the window. */
  readonly residentBaseBytes: number
  readonly residentBytes: number
  readonly residentMaxBytes: number
  /** Of these, pages of the store's file that are mapped: cache of the kernel, which it takes back when it needs to. */
  readonly storeMappedBaseBytes?: number
  readonly storeMappedBytes?: number
  readonly writtenBytes: number
  readonly storeBytes: number
  readonly commits: number
  /** Writes to the store (records) in the window. */
  readonly writes: number
  readonly flushUs?: SparseHistogram
  readonly eventLoopDelayUs?: SparseHistogram
  /** The server's own counters at the end of the window minus those at its start. */
  readonly counters: Readonly<Record<string, number>>
}

export interface GeneratorRecord {
  readonly threads: number
  /** Part of its cores that the generator used, 0 … 1, largest of its threads. */
  readonly cpuShare: number
  /** How late it sent, microseconds after the scheduled moment. */
  readonly lagUs: SparseHistogram
  readonly residentBytes: number
  /** What devices met beside, over the whole run: `closed.REASON`, `publish.412`, `excused` … */
  readonly counts?: Readonly<Record<string, number>>
}

/** A curve: `values[i]` belongs to `t0Ms + i * stepMs` of model time; `null` where nothing was seen. */
export interface Series {
  readonly id: string
  readonly unit: string
  readonly t0Ms: number
  readonly stepMs: number
  readonly values: readonly (number | null)[]
}

/** A step of a load that grew beyond the limit (D10); see `goodput.ts`. */
export interface GoodputStep {
  /** Parts of the limit: 1 at the limit. */
  readonly load: number
  readonly servedPerSecond: number
}

export const goodputKinds = ['sign-ins', 'messages', 'presence'] as const
export type GoodputKind = (typeof goodputKinds)[number]

export interface Goodput {
  readonly steps: readonly GoodputStep[]
  /** At the largest load, of that at the limit. */
  readonly ratio: number
  /** Each for itself, served a second in the same steps; kinds of which there was nothing at the limit are absent. */
  readonly kinds?: readonly {
    readonly kind: GoodputKind
    readonly perSecond: readonly number[]
    readonly ratio: number
    /** Of presence: what it is judged by, at each step. */
    readonly watched?: readonly WatchedStep[]
  }[]
}

/** Presence at one step: one state for each change and each device that was told of the user when it was wanted. */
export interface WatchedStep {
  readonly devices: number
  readonly duePerSecond: number
  readonly inTimePerSecond: number
}

/** Violations found by the end-to-end verification, all of the whole run, and how much was checked. */
export interface CorrectnessRecord {
  readonly lost: number
  readonly duplicates: number
  /** Duplicates of the documented excepted case, each matched to the fault that caused it. */
  readonly excepted: number
  readonly stale: number
  readonly misordered: number
  readonly unauthorised: number
  readonly notConverged: number
  readonly neverSent: number
  readonly checked: number
  /** The first violations in words: who, whom, number. At most 20. */
  readonly examples: readonly string[]
}

/** A reading that would make the run invalid, with its limit (CAPACITY B.6). */
export interface ValidityReading {
  readonly check: string
  readonly reading: string
  readonly limit: string
  readonly ok: boolean
}

export interface RateRecord {
  readonly id: OperationId
  readonly plannedPerSecond: number
  readonly seenPerSecond: number
}

export interface RunRecord {
  readonly schema: 'meridian-run/1'
  readonly driver: 'live' | 'virtual'
  readonly label: Label
  readonly preset: string
  readonly quick: boolean
  readonly users: number
  readonly seed: number
  readonly modelVersion: number
  /** Every parameter of the model with the value it had. */
  readonly parameters: Readonly<Record<string, number | string | boolean>>
  readonly transport: 'udp' | 'tcp' | 'tls' | 'wss'
  /** Model time. */
  readonly windows: { readonly warmUpMs: number; readonly measureMs: number }
  /** Model time against real time, of a live run; 1 where it is not said. Rates are of real seconds. */
  readonly speed?: number
  readonly levels: readonly LevelRecord[]
  readonly operations: readonly OperationRecord[]
  readonly server?: ServerRecord
  readonly generator?: GeneratorRecord
  readonly series: readonly Series[]
  readonly correctness: CorrectnessRecord
  readonly validity: readonly ValidityReading[]
  /** Derived rates of the plan against those seen, per second. */
  readonly rates: readonly RateRecord[]
  /** Of a load that grew beyond the limit (D10). */
  readonly goodput?: Goodput
  /** Why the run ended before its time, if it did: the record is then partial. */
  readonly endedEarly?: string
  /** Virtual driver: hash of all events. */
  readonly traceHash?: string
}
