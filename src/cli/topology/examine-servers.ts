/**
 * Each server of the topology as it is found from here, with this server's certificate and authorities: reached or not,
 * believed or not, and what others will say of this one.
 */
import { existsSync, readFileSync } from 'node:fs'
import { createSecureContext, type SecureContext } from 'node:tls'
import type { ReadLinkTrust } from '../../certificates/index.ts'
import { type Config, type DataPaths, dataPaths } from '../../config/index.ts'
import type { Topology, TopologyServer } from '../../ports/topology.ts'
import { loadCertificates } from '../certs/data-folder.ts'
import type { JudgedServer } from './judge-probe.ts'
import { type OwnFindings, ownFindings } from './own-findings.ts'
import { probeServer } from './probe.ts'

export interface ExaminedServers {
  readonly trust: ReadLinkTrust
  readonly own: OwnFindings
  readonly servers: readonly JudgedServer[]
}

export type Examination =
  | { readonly ok: true; readonly examined: ExaminedServers }
  | { readonly ok: false; readonly message: string }

/** `wanted`: which of them are asked; the others are left out. */
export async function examineServers(
  config: Config,
  topology: Topology,
  wanted: (server: TopologyServer) => boolean,
): Promise<Examination> {
  const paths = dataPaths(config)
  const read = await readTrust(paths, config)
  if (!read.ok) return read
  const { trust } = read
  const own = await ownFindings(config, topology, trust)
  const asked = topology.servers.filter(wanted)
  if (asked.length === 0) return { ok: true, examined: { trust, own, servers: [] } }
  const context = ownContext(paths, config, trust)
  if (!context.ok) return context
  return { ok: true, examined: { trust, own, servers: await probeAll(topology, asked, context.context, trust) } }
}

type Trust = { readonly ok: true; readonly trust: ReadLinkTrust } | { readonly ok: false; readonly message: string }

async function readTrust(paths: DataPaths, { topology }: Config): Promise<Trust> {
  const caFile = paths.linkAuthorityFile
  if (!existsSync(caFile)) {
    const message = `there is no ${caFile}; \`meridian certs init\` makes it, or topology.authorityFile names another`
    return { ok: false, message }
  }
  try {
    const { readLinkTrust } = await loadCertificates()
    return { ok: true, trust: await readLinkTrust({ caFile, crlFiles: topology.revocationFiles }, Date.now()) }
  } catch (error) {
    return { ok: false, message: (error as Error).message }
  }
}

type Context = { readonly ok: true; readonly context: SecureContext } | { readonly ok: false; readonly message: string }

/** Shows what this server shows: one that takes links alone speaks to nobody else. */
function ownContext({ certificate }: DataPaths, { tls }: Config, { caPem }: ReadLinkTrust): Context {
  try {
    const passphrase = tls.privateKeyPassphrase === null ? {} : { passphrase: tls.privateKeyPassphrase }
    const own = { cert: readFileSync(certificate.certFile), key: readFileSync(certificate.keyFile), ...passphrase }
    return { ok: true, context: createSecureContext({ ...own, ca: caPem, minVersion: 'TLSv1.2' }) }
  } catch (error) {
    return { ok: false, message: `the certificate of this server cannot be used: ${(error as Error).message}` }
  }
}

/** At once: the slowest decides, not the sum. */
async function probeAll(
  topology: Topology,
  asked: readonly TopologyServer[],
  context: SecureContext,
  trust: ReadLinkTrust,
): Promise<readonly JudgedServer[]> {
  const { judgeProbe } = await import('./judge-probe.ts')
  const probes = asked.map((server) => probeServer(server, { context, domain: topology.domains[0]! }))
  const found = await Promise.all(probes)
  return asked.map((server, index) => judgeProbe(server, found[index]!, { topology, trust, nowMs: Date.now() }))
}
