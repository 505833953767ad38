/**
 * What administrators ask, over the parts of a running server: the backend, its socket, and enrolment beside it.
 */
import { type AdminBackend, createAdminBackend, createAdminServer, storeCareOf } from '../admin/index.ts'
import { type Config, dataPaths, ownDomains } from '../config/index.ts'
import type { Clock } from '../ports/clock.ts'
import { AuditLog, LmdbDisk, type RemoteStore } from '../store/index.ts'
import type { AccountAsks } from './account-asks.ts'
import { health, metricsText } from './health.ts'
import { openEnrolment } from './open-enrolment.ts'
import { ServedDirectory } from './served-directory.ts'
import type { ServerParts } from './server-parts.ts'
import { StartFailure } from './start-failure.ts'

export interface AdminFacts {
  readonly config: Config
  readonly realm: string
  readonly clock: Clock
  readonly sealKey: Uint8Array
}

export async function openAdmin(facts: AdminFacts, parts: ServerParts): Promise<AdminBackend> {
  const { config, realm } = facts
  const paths = dataPaths(config)
  const audit = await AuditLog.open(paths.folder)
  parts.audit = audit
  const disk = LmdbDisk.open(paths.store, { readOnly: true })
  if (!disk.ok) throw new StartFailure(disk.detail)
  parts.disk = disk.disk
  const care = storeCareOf(disk.disk, Date.now)
  const domains = () => ownDomains(parts.live?.config.domain ?? config.domain)
  const asks = parts.asks as AccountAsks
  parts.directory = await openDirectory({ ...facts, domains, asks, audit }, parts)
  const passwords = parts.directory?.passwords ?? null
  parts.enrolment = openEnrolment({ ...facts, passwords, domains, asks, audit, log: parts.log })
  const backend = createAdminBackend({
    realm,
    get domains() {
      return domains()
    },
    accounts: asks,
    policy: asks,
    documents: asks,
    presence: asks,
    homes: parts.asks as AccountAsks,
    traffic: parts.recording,
    devices: parts.enrolment,
    config: { reload: async () => (await parts.live?.reload()) ?? 'the server is starting' },
    store: care,
    audit,
    now: Date.now,
    health: async () => health(parts),
    metricsText: () => metricsText(parts),
  })
  const admin = await createAdminServer({
    socketPath: paths.adminSocket,
    handlers: backend,
    onFault: (error) => parts.log.write('error', 'admin.fault', { error: String(error) }),
  })
  if (!admin.ok) throw new StartFailure(admin.message)
  parts.admin = admin.server
  return backend
}

async function openDirectory(
  facts: AdminFacts & {
    readonly domains: () => readonly string[]
    readonly asks: AccountAsks
    readonly audit: AuditLog
  },
  { log, mainStore }: ServerParts,
): Promise<ServedDirectory | null> {
  const { audit } = facts
  const written = (error: unknown) => log.write('error', 'audit.not-written', { error: String(error) })
  const directory = await ServedDirectory.open({
    ...facts,
    log,
    store: mainStore as RemoteStore,
    audit: (event, subject, detail) => {
      const entry = { atMs: Date.now(), event, subject, by: 'directory', detail }
      void audit.append({ ...entry, revokes: event === 'directory.user-denied' }).catch(written)
    },
  })
  await directory?.follow()
  return directory
}
