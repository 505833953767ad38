/**
 * The part of the admin API's table that is about the server itself: how it is, what it does, its store and backups.
 */
import * as v from 'valibot'
import { serverRoles } from '../../config/index.ts'
import { type AdminRoute, route } from './route.ts'
import { listOf, numbers, texts } from './shapes.ts'

const backupReport = v.strictObject({ folder: v.string(), records: v.number(), bytes: v.number() })
const stats = v.strictObject({
  folder: v.string(),
  bytes: v.number(),
  records: v.number(),
  byKind: v.record(v.string(), v.strictObject({ records: v.number(), bytes: v.number() })),
  quarantined: v.number(),
})
const check = v.strictObject({
  records: v.number(),
  unreadable: v.number(),
  faults: listOf(v.strictObject({ key: v.string(), reason: v.string() })),
  quarantined: v.number(),
})
const shownRecord = v.strictObject({
  kind: v.string(),
  key: texts,
  bytes: v.number(),
  value: v.unknown(),
  fault: v.nullable(v.string()),
})
const health = v.strictObject({
  ready: v.boolean(),
  checks: listOf(v.strictObject({ name: v.string(), ok: v.boolean(), detail: v.string() })),
})

const storeRoutes: readonly AdminRoute[] = [
  route({
    method: 'POST',
    path: '/v1/backup',
    role: 'administrator',
    summary: 'Makes a backup in any folder of the server’s machine.',
    socketOnly: true,
    body: v.strictObject({ folder: v.string() }),
    value: backupReport,
    handle: (backend, { body }) => backend.backup(body.folder),
  }),
  route({
    method: 'GET',
    path: '/v1/backups',
    role: 'reader',
    summary: 'The backups that this server has made, newest first.',
    value: listOf(v.strictObject({ folder: v.string(), atMs: v.number() })),
    handle: (backend) => backend.backups.list(),
  }),
  route({
    method: 'POST',
    path: '/v1/backups',
    role: 'operator',
    summary: 'Makes a backup in a new folder below `admin.backupFolder`, named by the time.',
    value: backupReport,
    handle: (backend) => backend.backups.make(),
  }),
  route({
    method: 'GET',
    path: '/v1/store/stats',
    role: 'reader',
    summary: 'How much there is of each kind of record.',
    value: stats,
    handle: (backend) => backend.storeStats(),
  }),
  route({
    method: 'GET',
    path: '/v1/store/check',
    role: 'administrator',
    summary: 'Reads every record.',
    value: check,
    handle: (backend) => backend.storeCheck(),
  }),
  route({
    method: 'GET',
    path: '/v1/store/records/:name',
    role: 'administrator',
    summary: 'The records of a user; secrets are masked.',
    value: listOf(shownRecord),
    handle: (backend, { params }) => backend.storeShow(params.name!),
  }),
]

const bound = v.nullable(v.union([v.number(), v.literal('longer')]))
const quantiles = v.strictObject({ p50: bound, p99: bound })
const figures = v.strictObject({
  now: v.record(v.string(), v.number()),
  perSecond: v.record(v.string(), v.number()),
  latencySeconds: v.record(v.string(), quantiles),
  waiting: v.record(v.string(), v.number()),
  workers: listOf(v.strictObject({ worker: v.number(), values: v.record(v.string(), v.number()) })),
})
const certificate = v.strictObject({
  what: v.string(),
  subject: v.string(),
  daysLeft: v.nullable(v.number()),
  fault: v.nullable(v.string()),
})
const summary = v.strictObject({
  version: v.string(),
  startedMs: v.number(),
  atMs: v.number(),
  intervalSeconds: v.pipe(v.number(), v.description('What rates and latencies are taken over; 0: there are none yet.')),
  figures,
  store: v.strictObject({ bytes: v.number(), writable: v.boolean(), detail: v.string() }),
  certificates: listOf(certificate),
})
/** In the topology. */
const serverRole = v.picklist(serverRoles)
const server = v.strictObject({
  name: v.string(),
  role: serverRole,
  linkHost: v.string(),
  linkPort: v.number(),
  clientUri: v.nullable(v.string()),
})
const topology = v.nullable(
  v.strictObject({
    own: v.nullable(v.string()),
    version: v.number(),
    domains: texts,
    servers: listOf(server),
    deniedCount: v.number(),
  }),
)

const traffic = v.strictObject({ messages: v.number(), bytes: v.number() })
const peerCertificate = v.strictObject({ names: texts, notAfterMs: v.number(), daysLeft: v.number() })
const link = v.strictObject({
  peer: v.string(),
  role: serverRole,
  worker: v.number(),
  state: v.picklist(['up', 'down']),
  connections: v.number(),
  remoteAddresses: texts,
  ageSeconds: v.nullable(v.number()),
  certificate: v.nullable(peerCertificate),
  roundTripMs: v.nullable(v.number()),
  waiting: v.number(),
  sent: traffic,
  received: traffic,
  peerTopologyVersion: v.nullable(v.number()),
  protocol: v.nullable(v.string()),
  clockAheadMs: v.nullable(v.number()),
  lastFault: v.nullable(v.string()),
})
const links = v.nullable(
  v.strictObject({
    own: v.string(),
    topologyVersion: v.number(),
    links: listOf(link),
    silentWorkers: numbers,
  }),
)

const stateRoutes: readonly AdminRoute[] = [
  route({
    method: 'GET',
    path: '/v1/health',
    role: 'reader',
    summary: 'Whether the server is ready, and what each part says.',
    value: health,
    handle: (backend) => backend.health(),
  }),
  route({
    method: 'GET',
    path: '/v1/metrics',
    role: 'reader',
    summary: 'The metrics in Prometheus’ text format.',
    value: v.string(),
    textType: 'text/plain; version=0.0.4; charset=utf-8',
    handle: (backend) => backend.metricsText(),
  }),
  route({
    method: 'GET',
    path: '/v1/summary',
    role: 'reader',
    summary: 'The state at a glance: figures of now, a second and of each worker, store, certificates.',
    value: summary,
    handle: (backend) => backend.state.summary(),
  }),
  route({
    method: 'GET',
    path: '/v1/topology',
    role: 'reader',
    summary: 'The servers that belong together; null where this one stands alone.',
    value: topology,
    handle: (backend) => backend.state.topology(),
  }),
  route({
    method: 'GET',
    path: '/v1/topology/links',
    role: 'reader',
    summary: 'The links of each worker of this server to the others, as it sees them; null where it stands alone.',
    value: links,
    handle: (backend) => backend.state.links(),
  }),
  route({
    method: 'GET',
    path: '/v1/report',
    role: 'reader',
    summary: 'The newest capacity report in `admin.reportsFolder` (report.json); null where there is none.',
    value: v.nullable(v.strictObject({ file: v.string(), atMs: v.number(), report: v.unknown() })),
    handle: (backend) => backend.state.report(),
  }),
]

export const serverRoutes: readonly AdminRoute[] = [...stateRoutes, ...storeRoutes]
