/**
 * What a worker pool is handed: how a worker is started, and who is told what workers say.
 */
import type { MessagePort } from 'node:worker_threads'
import type { Log } from '../ports/log.ts'
import type { RecordedRow } from './traffic-recorder.ts'
import type { FromShardWorker, HttpAnswerOfMain, HttpAskOfMain, ShardWorkerData } from './worker-protocol.ts'

/** What main fills in for each start of a worker. */
export type WorkerTemplate = Omit<
  ShardWorkerData,
  'worker' | 'incarnation' | 'workersCount' | 'storePort' | 'causeBoard'
>

export interface WorkerPoolOptions {
  readonly workersCount: number
  /** The file that a thread runs. */
  readonly entry: URL
  readonly template: () => WorkerTemplate
  /** The channel to the store thread for one start of a worker. */
  readonly attachStore: (worker: number, incarnation: number) => MessagePort
  readonly onHttpAsk: (request: HttpAskOfMain) => Promise<HttpAnswerOfMain>
  /** A worker that cannot come up: before the first byte was taken this ends the start. */
  readonly onFailedStart: (message: string) => void
  /** What workers note while `record` asks for it; `null`: one has ended, its rows are all here. */
  readonly onRecorded: (rows: readonly RecordedRow[] | null) => void
  /** What a worker wants in the audit log. */
  readonly onAudit: (note: { event: string; subject: string; detail: string }) => void
  /** What workers saw of the users that `trace` names. */
  readonly onTraced: (worker: number, traced: TracedByWorker) => void
  readonly log: Log
}

export type TracedByWorker = FromShardWorker & { readonly kind: 'traced' }
