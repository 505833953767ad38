/**
 * What a start has opened so far, so that a start that fails, and a stop, close it again in the one right order.
 */
import { type Config, dataPaths } from '../config/index.ts'
import { type RuntimeLog, sharedUs, type Watchdog, type WorkerPool } from '../runtime/index.ts'
import type { AuditLog, DataFolderLock, LmdbDisk, RemoteStore, StoreWorker } from '../store/index.ts'
import type { AccountAsks } from './account-asks.ts'
import type { AdminSide } from './admin-side.ts'
import type { EnrolmentSite } from './enrolment-site.ts'
import type { LiveConfiguration } from './live-configuration.ts'
import type { RoutedTopology } from './routed-topology.ts'
import type { ServedCertificate } from './served-certificate.ts'
import type { ServedDirectory } from './served-directory.ts'
import type { ServedTopology } from './served-topology.ts'
import { StoreHealth } from './store-health.ts'
import { Traces } from './traces.ts'
import { TrafficRecording } from './traffic-recording.ts'

export interface ServerParts {
  readonly log: RuntimeLog
  readonly dataFolder: string
  lock: DataFolderLock | null
  store: StoreWorker | null
  pool: WorkerPool | null
  watchdog: Watchdog | null
  asks: AccountAsks | null
  mainStore: RemoteStore | null
  audit: AuditLog | null
  admin: AdminSide | null
  enrolment: EnrolmentSite | null
  directory: ServedDirectory | null
  /** Read only, for the admin backend. */
  disk: LmdbDisk | null
  certificate: ServedCertificate | null
  live: LiveConfiguration | null
  topology: ServedTopology | null
  routed: RoutedTopology | null
  readonly recording: TrafficRecording
  readonly traces: Traces
  readonly storeHealth: StoreHealth
  readonly state: { draining: boolean; started: boolean }
}

/** SIGTERM may take ten seconds: within these what waits is finished and all workers end. */
const workersDeadlineMs = 8_000

export function noParts(of: {
  readonly config: Config
  readonly version: string
  readonly log: RuntimeLog
}): ServerParts {
  const { config, version, log } = of
  const parts: ServerParts = {
    log,
    dataFolder: dataPaths(config).folder,
    lock: null,
    store: null,
    pool: null,
    watchdog: null,
    asks: null,
    mainStore: null,
    audit: null,
    admin: null,
    enrolment: null,
    directory: null,
    disk: null,
    certificate: null,
    live: null,
    topology: null,
    routed: null,
    recording: new TrafficRecording({
      record: (key) => parts.pool?.record(key) ?? 0,
      version,
      log,
      now: Date.now,
    }),
    traces: new Traces({
      trace: (orders) => parts.pool?.trace(orders) ?? 0,
      workersCount: () => parts.pool?.states.length ?? 0,
      hasAccounts: config.server.role !== 'front-end',
      now: Date.now,
      nowUs: sharedUs,
    }),
    storeHealth: new StoreHealth(log),
    state: { draining: false, started: false },
  }
  return parts
}

export async function closeParts(parts: ServerParts): Promise<void> {
  parts.live?.close()
  parts.topology?.close()
  parts.routed?.close()
  parts.certificate?.close()
  parts.watchdog?.stop()
  parts.traces.close()
  await parts.admin?.close()
  parts.directory?.close()
  if (parts.recording.status().isRecording) await parts.recording.stop()
  await parts.disk?.close()
  await parts.pool?.stop(workersDeadlineMs)
  parts.asks?.close()
  parts.mainStore?.close()
  await parts.store?.stop()
  await parts.audit?.close()
  parts.lock?.release()
}
