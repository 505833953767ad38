/**
 * The runtime: the server process, its workers and threads, the bus between them, real clock, log and metrics.
 * Whatever is pure and only hosted here (`worker-core.ts`, `timer-wheel.ts`) runs in the simulation as well.
 */

export { collectGarbage } from './collect-garbage.ts'
export { collectSeldom } from './collect-seldom.ts'
export { createLog, logForm, type RuntimeLog } from './log.ts'
export { type MetricSample, MetricsRegistry, mergeSnapshots } from './metrics.ts'
export { prometheusContentType, renderPrometheus } from './metrics-text.ts'
export { NodeTimers } from './node-timers.ts'
export { type BusOwner, PortBus } from './port-bus.ts'
export { bucketsOf, type HistogramBuckets, readSeries } from './read-metrics-text.ts'
export { RealClock, readSystemClock, type SteadyReading, sharedUs } from './real-clock.ts'
export { RealEntropy } from './real-entropy.ts'
export { runShardWorker } from './run-shard-worker.ts'
export { KeyedSeals } from './seals.ts'
export { TimerWheel, tickMs } from './timer-wheel.ts'
export type { RecordedRow } from './traffic-recorder.ts'
export { patience, Watchdog, WatchedThread } from './watchdog.ts'
export { type CorePorts, type CoreSettings, WorkerCore } from './worker-core.ts'
export { WorkerPool } from './worker-pool.ts'
export type { TracedByWorker, WorkerPoolOptions } from './worker-pool-options.ts'
export type {
  HttpAnswerOfMain,
  HttpAskOfMain,
  LinkSettings,
  ListenEndpoint,
  ListeningPlace,
  LiveSettings,
  ShardWorkerData,
  SignInSettings,
  TlsMaterial,
} from './worker-protocol.ts'
