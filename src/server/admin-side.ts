/**
 * What administrators reach of a running server: the backend, the socket, and the same API over the network, by way of
 * the workers' web listener and, where that is configured, on a listener of its own.
 */
import { existsSync, readFileSync } from 'node:fs'
import {
  type AccountBook,
  type AdminBackend,
  type AdminPorts,
  type AdminServer,
  accountsOfRole,
  backupBook,
  createAdminBackend,
  createAdminServer,
  type DocumentBook,
  type HealthReport,
  type HttpsMaterial,
  type HttpsServer,
  type MoveBook,
  NetworkFront,
  type NetworkRequest,
  openHttpsServer,
  type PolicyBook,
  type PresenceBook,
  storeCareOf,
  TokenFile,
} from '../admin/index.ts'
import { type Config, dataPaths, ownDomains } from '../config/index.ts'
import type { Log } from '../ports/log.ts'
import type { Topology } from '../ports/topology.ts'
import type { ListeningPlace, MetricSample, TlsMaterial } from '../runtime/index.ts'
import type { AuditLog, LmdbDisk } from '../store/index.ts'
import { isConsolePath, type PageAnswer, type PageAsk } from '../web/index.ts'
import { AdminCounts } from './admin-counts.ts'
import type { WorkerLinkStatus } from './shown-links.ts'
import { StartFailure } from './start-failure.ts'
import { ServerState } from './state-book.ts'

export interface AdminSideParts {
  readonly version: string
  readonly realm: string
  readonly log: Log
  /** In force now. */
  config(): Config
  readonly asks: AccountBook & PolicyBook & DocumentBook & PresenceBook & MoveBook
  readonly audit: AuditLog
  /** Read only. */
  readonly disk: LmdbDisk
  readonly devices: AdminPorts['devices']
  readonly recording: AdminPorts['traffic']
  readonly traces: AdminPorts['traces']
  readonly reload: AdminPorts['config']['reload']
  readonly health: () => HealthReport
  readonly metricsText: () => Promise<string>
  readonly storeFault: () => string | null
  readonly topology: () => Topology | null
  readonly links: () => Promise<readonly WorkerLinkStatus[]>
  /** The page of the console and what it names. */
  readonly page: (ask: PageAsk) => Promise<PageAnswer>
  readonly tls: TlsMaterial | null
}

export class AdminSide {
  readonly backend: AdminBackend
  readonly front: NetworkFront
  readonly #parts: AdminSideParts
  readonly #counts = new AdminCounts()
  #socket: AdminServer | null = null
  #listener: HttpsServer | null = null

  /** Throws `StartFailure` where its tokens cannot be read. */
  constructor(parts: AdminSideParts) {
    this.#parts = parts
    const { log, config, version, metricsText, storeFault, topology, links, disk } = parts
    const opened = TokenFile.open(dataPaths(config()).adminTokens, Date.now)
    if (!opened.ok) throw new StartFailure(opened.message)
    const { tokens } = opened
    const storeBytes = () => disk.fileBytes
    const state = new ServerState({ version, config, metricsText, storeFault, topology, links, storeBytes })
    const ports = (by: string) => adminPorts(parts, { tokens, state, by })
    this.backend = createAdminBackend(ports('the admin socket'))
    this.front = new NetworkFront({
      backendFor: (by) => createAdminBackend(ports(by)),
      tokens,
      settings: () => {
        const { admin, web } = config()
        return { ...admin, version, allowedOrigins: web.allowedOrigins }
      },
      now: Date.now,
      monotonicMs: () => performance.now(),
      onOutcome: (outcome) => this.#counts.count(outcome),
      onUnauthorized: (address, reason) => log.write('warn', 'admin.unauthorized', { address, reason }),
      onFault: (error) => this.#onFault(error),
    })
  }

  /** Where the API has a listener of its own. */
  get places(): readonly ListeningPlace[] {
    if (!this.#listener) return []
    const { host, port } = this.#listener
    return [{ transport: 'admin', host, port, engine: null }]
  }

  get samples(): readonly MetricSample[] {
    return this.#counts.samples
  }

  /** Throws `StartFailure`; `close` is to be called all the same. */
  async listen(): Promise<void> {
    const { tls, config } = this.#parts
    const { admin } = config()
    const { adminSocket: socketPath } = dataPaths(config())
    const onFault = (error: unknown) => this.#onFault(error)
    const socket = await createAdminServer({ socketPath, handlers: this.backend, onFault })
    if (!socket.ok) throw new StartFailure(socket.message)
    this.#socket = socket.server
    if (admin.host === null || tls === null) return
    const { host, port } = admin
    const answer = (request: NetworkRequest) => this.#answerOwn(request)
    try {
      this.#listener = await openHttpsServer({ host, port, material: materialOf(tls, config()), answer })
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      throw new StartFailure(`cannot listen on admin.host ${host}, admin.port ${port}: ${code ?? error}`)
    }
  }

  reloadTls(tls: TlsMaterial): void {
    this.#listener?.renew(materialOf(tls, this.#parts.config()))
  }

  async close(): Promise<void> {
    await this.#listener?.close()
    await this.#socket?.close()
  }

  /** The pages, and the API, on the listener that has nothing else. */
  #answerOwn(request: NetworkRequest) {
    const { method, path, ifNoneMatch } = request
    if (isConsolePath(path)) return this.#parts.page({ method, path, ifNoneMatch, acceptsGzip: false })
    return this.front.answer(request)
  }

  #onFault(error: unknown): void {
    this.#parts.log.write('error', 'admin.fault', { error: String(error) })
  }
}

/** Where no authority is named for clients it is our own. */
function materialOf({ certificate, clientAuthorityFile, passphrase }: TlsMaterial, config: Config): HttpsMaterial {
  const authorityFile = clientAuthorityFile ?? dataPaths(config).authority.certFile
  return {
    cert: readFileSync(certificate.certFile),
    key: readFileSync(certificate.keyFile),
    ...(passphrase === null ? {} : { passphrase }),
    ...(existsSync(authorityFile) ? { ca: readFileSync(authorityFile) } : {}),
  }
}

interface Opened {
  readonly tokens: TokenFile
  /** One for all who ask: its looks are shared. */
  readonly state: ServerState
  /** Who is written down for what is done. */
  readonly by: string
}

function adminPorts(parts: AdminSideParts, { tokens, state, by }: Opened): AdminPorts {
  const { asks, audit, config } = parts
  return {
    realm: parts.realm,
    get domains() {
      return ownDomains(config().domain)
    },
    accounts: accountsOfRole(config().server.role, asks),
    policy: asks,
    documents: asks,
    presence: asks,
    homes: asks,
    traffic: parts.recording,
    traces: parts.traces,
    devices: parts.devices,
    config: { reload: parts.reload },
    store: storeCareOf(parts.disk, Date.now),
    state,
    backups: backupBook(() => {
      const { folder: dataFolder, backups: folder } = dataPaths(config())
      return { dataFolder, folder }
    }),
    tokens,
    audit: { append: (entry) => audit.append({ by, ...entry }) },
    now: Date.now,
    health: async () => parts.health(),
    metricsText: parts.metricsText,
  }
}
