/**
 * One server process, seen from main: data folder and its lock, keys and certificates, store thread, workers, admin
 * socket, health and metrics. Carries no SIP. Starting, in this order, either succeeds or says what to do.
 */
import { randomBytes } from 'node:crypto'
import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { Worker } from 'node:worker_threads'
import type { AdminBackend, ReloadReport } from '../admin/index.ts'
import { type Config, dataPaths } from '../config/index.ts'
import { loadOrCreateHa1Key, readHa1Key } from '../directory/index.ts'
import {
  type ListenEndpoint,
  type ListeningPlace,
  type LiveSettings,
  logForm,
  patience,
  RealClock,
  type RuntimeLog,
  readSystemClock,
  Watchdog,
  WatchedThread,
  WorkerPool,
} from '../runtime/index.ts'
import {
  lockDataFolder,
  RemoteStore,
  type StoreReady,
  StoreWorker,
  type StoreWorkerData,
  storeThread,
} from '../store/index.ts'
import { AccountAsks } from './account-asks.ts'
import { noteInAudit } from './audit-note.ts'
import { captureSettings } from './capture-settings.ts'
import { checkClock } from './check-clock.ts'
import { coreSettings } from './core-settings.ts'
import { type HttpAnswers, httpAnswers } from './http-answers.ts'
import { loadSealKey } from './key-files.ts'
import { type ConfigSource, LiveConfiguration } from './live-configuration.ts'
import { openAdmin } from './open-admin.ts'
import { endpointsOf, RoutedTopology } from './routed-topology.ts'
import { certificateFaults, needsCertificate, ServedCertificate } from './served-certificate.ts'
import { ServedDirectory } from './served-directory.ts'
import { ServedTopology } from './served-topology.ts'
import { closeParts, noParts, type ServerParts } from './server-parts.ts'
import { checkSignInFiles, signInSettings } from './sign-in-settings.ts'
import { StartFailure } from './start-failure.ts'
import { startWarnings, warnOfEmulation } from './start-warnings.ts'
import { usableEndpoints } from './usable-endpoints.ts'

export interface ServerOptions {
  readonly config: Config
  /** Where it was read, to be read again; without one it stays as it is. */
  readonly source?: ConfigSource
  readonly version: string
  /** Names of a certificate that is made at the first start. */
  readonly certificateNames: readonly string[]
  readonly log: RuntimeLog
  /** Stands in for a machine with a slower disk: each flush is held back by these milliseconds in turn. */
  readonly emulatedFlushMs?: readonly number[]
  /** What threads run in place of `workers/`: such that hang or die when a test says so. */
  readonly entries?: { readonly shard: URL; readonly store: URL }
}

export type ServerStart =
  | { readonly ok: true; readonly server: RunningServer }
  /** `configuration`: exit 78, the administrator must change something. */
  | { readonly ok: false; readonly message: string; readonly kind: 'failed' | 'configuration' }

/** SIGTERM may take ten seconds: within these all is closed; what then still runs ends with the process. */
const stopDeadlineMs = 9_000
const extension = import.meta.url.endsWith('.ts') ? '.ts' : '.js'

export class RunningServer {
  readonly backend: AdminBackend
  readonly places: readonly ListeningPlace[]
  /** The store was made by this start. */
  readonly isNew: boolean
  /** For whoever started it: right, but seldom meant. The log has them too. */
  readonly warnings: readonly string[]
  /** Resolves when the store broke: nothing more can be promised, so the server must be stopped and started again. */
  readonly broken: Promise<string>
  readonly #parts: ServerParts
  #draining = false

  constructor(parts: ServerParts, backend: AdminBackend, start: Pick<RunningServer, 'places' | 'isNew' | 'warnings'>) {
    this.#parts = parts
    this.backend = backend
    this.places = start.places
    this.isNew = start.isNew
    this.warnings = start.warnings
    this.broken = parts.storeHealth.broken
  }

  get isReady(): boolean {
    return !this.#draining && this.#parts.storeHealth.fault === null && this.#parts.pool?.isReady === true
  }

  /** Reads the configuration again, and the topology. Null: the configuration came from nowhere. */
  async reload(): Promise<ReloadReport | null> {
    this.#parts.topology?.look()
    return (await this.#parts.live?.reload()) ?? null
  }

  /** Readiness off, transactions finished, everything flushed; within ten seconds, whatever hangs. */
  async stop(): Promise<void> {
    this.#draining = true
    this.#parts.state.draining = true
    const late = Promise.withResolvers<void>()
    const timer = setTimeout(() => {
      this.#parts.log.write('error', 'server.stop-late')
      late.resolve()
    }, stopDeadlineMs)
    await Promise.race([closeParts(this.#parts), late.promise])
    clearTimeout(timer)
  }
}

export async function startServer(options: ServerOptions): Promise<ServerStart> {
  const parts = noParts(options)
  try {
    return { ok: true, server: await start(options, parts) }
  } catch (error) {
    await closeParts(parts)
    if (error instanceof StartFailure) return { ok: false, message: error.message, kind: error.kind }
    return {
      ok: false,
      message: error instanceof Error ? (error.stack ?? error.message) : String(error),
      kind: 'failed',
    }
  }
}

async function start(options: ServerOptions, parts: ServerParts): Promise<RunningServer> {
  const { config, version, log } = options
  const bootId = randomBytes(8).toString('hex')
  const paths = dataPaths(config)
  const lock = lockDataFolder(paths.folder, bootId, Date.now())
  if (!lock.ok) throw new StartFailure(lock.fault.message)
  parts.lock = lock.value
  parts.directory = await ServedDirectory.open(config, log)
  parts.topology = ServedTopology.open(config, log)
  parts.routed = parts.topology && new RoutedTopology(config, parts.topology)
  const endpoints = await usableEndpoints(endpointsOf(config, parts.routed), log)
  if (needsCertificate(endpoints) || parts.routed || config.admin.host !== null) {
    parts.certificate = await ServedCertificate.open(config, options.certificateNames, log)
  }
  await Promise.all([parts.routed?.checkTrust(), checkSignInFiles(signInSettings(config), log)])
  const ready = await openStoreThread(options, parts)
  checkClock(ready.lastWrittenMs)
  const clock = new RealClock(readSystemClock(ready.lastWrittenMs))
  const ha1Key = ha1KeyOf(ready, paths.folder)
  const { realm } = ready.manifest
  const liveSettings = (inForce: Config): LiveSettings => ({
    core: coreSettings(inForce, { realm, bootId, version, topology: parts.routed?.routes(bootId) ?? null }),
    logLevel: inForce.log.level,
    web: { ...inForce.web, metrics: inForce.admin.metrics, admin: inForce.admin.web },
  })
  const live = liveConfiguration(options, parts, liveSettings)
  parts.live = live
  const sealKey = loadSealKey(paths.secrets)
  const workersCount = config.server.workers === 0 ? defaultWorkers() : config.server.workers
  const entry = entryOf(options, 'shard')
  const { answer: answers, consolePage } = httpAnswers(options, parts)
  const places = await startWorkers(parts, { workersCount, entry, answers }, endpoints, () => ({
    settings: liveSettings(live.config).core,
    log: logForm(live.config.log),
    sealKey,
    ha1Key,
    steadyClock: clock.read(),
    poisonFolder: join(paths.folder, 'poison'),
    gatherMs: config.server.gatherMs,
    endpoints,
    tls: parts.certificate?.material ?? null,
    links: parts.routed?.links(bootId, workersCount) ?? null,
    signIn: signInSettings(config),
    web: liveSettings(live.config).web,
    hep: captureSettings(config),
  }))
  const admin = await openAdmin({ config, version, realm, clock, sealKey, consolePage }, parts)
  followFiles(parts, () => void parts.pool?.renew(liveSettings(live.config)))
  parts.state.started = true
  if (options.source) await live.begin()
  const { certFile = null } = parts.certificate?.material.certificate ?? {}
  const found = startWarnings(config.domain, realm, certFile, log)
  const warnings = options.emulatedFlushMs === undefined ? found : [...found, warnOfEmulation(log)]
  const all = [...places, ...admin.places]
  return new RunningServer(parts, admin.backend, { places: all, isNew: isJustMade(ready), warnings })
}

/** From here on changes of certificates, trust and topology reach whoever lives by them. */
function followFiles({ certificate, routed, topology, pool, admin }: ServerParts, renew: () => void): void {
  certificate?.watch((tls) => {
    pool?.reloadTls(tls)
    admin?.reloadTls(tls)
  })
  routed?.watchTrust((files) => pool?.reloadLinkTrust(files))
  topology?.listen(renew)
}

/**
 * Two at least: a server on one core still has a store flush to overlap with, and one worker's restart is not an
 * outage.
 */
function defaultWorkers(): number {
  return Math.max(2, navigator.hardwareConcurrency)
}

/** A store with passwords in it needs the key that sealed them; a new key would only hide that it is gone. */
function ha1KeyOf(ready: StoreReady, folder: string): Uint8Array {
  const key = ready.recordsCount > 0 && !isJustMade(ready) ? readHa1Key(folder) : loadOrCreateHa1Key(folder)
  if (!key.ok) throw new StartFailure(key.message)
  return key.key
}

function isJustMade(ready: StoreReady): boolean {
  return ready.lastWrittenMs === 0
}

function liveConfiguration(
  { config, source, log }: ServerOptions,
  parts: ServerParts,
  liveSettings: (config: Config) => LiveSettings,
): LiveConfiguration {
  return new LiveConfiguration({
    config,
    source: source ?? { file: null, load: () => ({ ok: true, config, origins: new Map(), files: [] }) },
    faults: (next, origins) => (parts.certificate ? certificateFaults(next, origins) : []),
    apply: async (next, before) => {
      log.setLevel(next.log.level)
      if (!isDeepStrictEqual(next.tls, before.tls)) parts.certificate?.renew(next)
      if (!isDeepStrictEqual([next.topology, next.tls], [before.topology, before.tls])) parts.routed?.renew(next)
      return (await parts.pool?.renew(liveSettings(next))) ?? []
    },
    log,
  })
}

async function openStoreThread(options: ServerOptions, parts: ServerParts): Promise<StoreReady> {
  const { config, version, log } = options
  const create = {
    serverId: randomBytes(16).toString('hex'),
    realm: config.domain.name.toLowerCase(),
    createdBy: `Meridian ${version}`,
  }
  const { emulatedFlushMs } = options
  const pace = emulatedFlushMs === undefined ? {} : { emulatedFlushMs }
  const workerData: StoreWorkerData = { dataFolder: config.server.dataFolder, create, ...pace }
  const thread = new Worker(entryOf(options, 'store'), { workerData, ...storeThread })
  const watched = new WatchedThread('store', patience.store, () => store.ping())
  const store = new StoreWorker(thread, {
    onPong: () => watched.answered(),
    onEvent: (event) => parts.storeHealth.onEvent(event),
    onQuarantined: (key, reason) => log.write('error', 'store.quarantined', { key: JSON.stringify(key), reason }),
  })
  parts.store = store
  const opened = await store.opened()
  if (!opened.ok) throw new StartFailure(opened.fault.message)
  parts.watchdog = new Watchdog(
    () => [watched, ...(parts.pool?.watched ?? [])],
    (hung) => endHungProcess(parts, hung),
  )
  return opened.value
}

function entryOf({ entries }: ServerOptions, thread: 'shard' | 'store'): URL {
  return entries?.[thread] ?? new URL(`../../workers/${thread}${extension}`, import.meta.url)
}

/** A hung thread cannot be ended alone: it may hold what others need. The supervisor starts the process again. */
function endHungProcess(parts: ServerParts, hung: WatchedThread): never {
  const cause = parts.pool?.causeOf(hung) || 'nothing that it said'
  appendFileSync(join(parts.dataFolder, 'hung.log'), `${new Date().toISOString()} ${hung.name}: ${cause}\n`)
  parts.log.write('error', 'runtime.thread-hung', { thread: hung.name, cause })
  process.kill(process.pid, 'SIGKILL')
  throw new Error('unreachable')
}

async function startWorkers(
  parts: ServerParts,
  { workersCount, entry, answers }: { workersCount: number; entry: URL; answers: HttpAnswers },
  endpoints: readonly ListenEndpoint[],
  template: ConstructorParameters<typeof WorkerPool>[0]['template'],
): Promise<readonly ListeningPlace[]> {
  const store = parts.store as StoreWorker
  parts.mainStore = new RemoteStore(store.attach(workersCount, 1))
  const asks = new AccountAsks(workersCount, parts.mainStore)
  parts.asks = asks
  const failed = Promise.withResolvers<never>()
  const pool = new WorkerPool({
    workersCount,
    entry,
    template,
    attachStore: (worker, incarnation) => store.attach(worker, incarnation),
    onHttpAsk: answers,
    onRecorded: (rows) => parts.recording.onRecorded(rows),
    onTraced: (worker, traced) => parts.traces.onTraced(worker, traced),
    // What workers have seen that an administrator should be able to look up.
    onAudit: ({ event, subject, detail }) =>
      noteInAudit(parts, { event, subject, detail, by: 'server', revokes: false }),
    onFailedStart: (message) => failed.reject(new StartFailure(message)),
    log: parts.log,
  })
  parts.pool = pool
  pool.onAdminPort = (worker, incarnation, port) => asks.connect(worker, incarnation, port)
  return Promise.race([pool.start(endpoints), failed.promise])
}
