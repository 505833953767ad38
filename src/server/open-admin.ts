/**
 * What administrators ask, over the parts of a running server: the backend, its socket and the network side, and
 * enrolment beside it.
 */
import { type Config, dataPaths, ownDomains } from '../config/index.ts'
import type { PasswordProver } from '../directory/index.ts'
import type { Clock } from '../ports/clock.ts'
import { AuditLog, LmdbDisk, type RemoteStore } from '../store/index.ts'
import type { PageAnswer, PageAsk } from '../web/index.ts'
import type { AccountAsks } from './account-asks.ts'
import { AdminSide } from './admin-side.ts'
import { noteInAudit } from './audit-note.ts'
import { health, metricsText } from './health.ts'
import { openEnrolment } from './open-enrolment.ts'
import type { ServerParts } from './server-parts.ts'
import { StartFailure } from './start-failure.ts'

export interface AdminFacts {
  readonly config: Config
  readonly version: string
  readonly realm: string
  readonly clock: Clock
  readonly sealKey: Uint8Array
  readonly consolePage: (ask: PageAsk) => Promise<PageAnswer>
}

export async function openAdmin(facts: AdminFacts, parts: ServerParts): Promise<AdminSide> {
  const { config, version, realm, consolePage: page } = facts
  const paths = dataPaths(config)
  const audit = await AuditLog.open(paths.folder)
  parts.audit = audit
  const disk = LmdbDisk.open(paths.store, { readOnly: true })
  if (!disk.ok) throw new StartFailure(disk.detail)
  parts.disk = disk.disk
  const inForce = () => parts.live?.config ?? config
  const asks = parts.asks as AccountAsks
  const domains = () => ownDomains(inForce().domain)
  const passwords = await followDirectory({ ...facts, domains, asks }, parts)
  parts.enrolment = openEnrolment({ ...facts, passwords, domains, asks, audit, log: parts.log })
  parts.admin = new AdminSide({
    version,
    realm,
    log: parts.log,
    config: inForce,
    asks,
    audit,
    disk: disk.disk,
    devices: parts.enrolment,
    recording: parts.recording,
    traces: parts.traces,
    reload: async () => (await parts.live?.reload()) ?? 'the server is starting',
    health: () => health(parts),
    metricsText: () => metricsText(parts),
    storeFault: () => parts.storeHealth.fault,
    topology: () => parts.topology?.current ?? null,
    links: async () => (await parts.pool?.links()) ?? [],
    page,
    tls: parts.certificate?.material ?? null,
  })
  await parts.admin.listen()
  return parts.admin
}

/** Null where accounts are our own. */
async function followDirectory(
  facts: AdminFacts & {
    readonly domains: () => readonly string[]
    readonly asks: AccountAsks
  },
  parts: ServerParts,
): Promise<PasswordProver | null> {
  const { mainStore, directory } = parts
  if (directory === null) return null
  return directory.follow({
    ...facts,
    store: mainStore as RemoteStore,
    audit: (event, subject, detail) =>
      noteInAudit(parts, { event, subject, detail, by: 'directory', revokes: event === 'directory.user-denied' }),
  })
}
