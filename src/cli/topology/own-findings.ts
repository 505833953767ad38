/**
 * This server against the topology that it runs by: its domains, the realm of its data folder, and what the others will
 * say of its certificate.
 */
import { existsSync, readFileSync } from 'node:fs'
import type { ReadLinkTrust } from '../../certificates/index.ts'
import { type Config, dataPaths, ownDomains } from '../../config/index.ts'
import type { Topology } from '../../ports/topology.ts'
import { loadCertificates } from '../certs/data-folder.ts'

export interface OwnFindings {
  readonly faults: readonly string[]
  readonly warnings: readonly string[]
}

export async function ownFindings(config: Config, topology: Topology, trust: ReadLinkTrust): Promise<OwnFindings> {
  const domains = domainFindings(config, topology)
  const realm = await realmFaults(config, topology)
  const certificate = await certificateFindings(config, topology, trust)
  return {
    faults: [...domains.faults, ...realm, ...certificate.faults],
    warnings: [...domains.warnings, ...certificate.warnings],
  }
}

function domainFindings({ domain }: Config, { domains }: Topology): OwnFindings {
  const own = ownDomains(domain)
  const faults = own
    .filter((name) => !domains.includes(name))
    .map((name) => `${name} is a domain of this server’s configuration and none of the topology`)
  const warnings = domains
    .filter((name) => !own.includes(name))
    .map((name) => `${name} is a domain of the topology that this server does not serve (domain.aliases)`)
  return { faults, warnings }
}

/** The realm is in what devices have computed from their passwords: a front end passes it on and cannot change it. */
async function realmFaults(config: Config, { domains }: Topology): Promise<readonly string[]> {
  const { store } = dataPaths(config)
  if (!existsSync(store)) return []
  const { LmdbDisk, readManifest } = await import('../../store/index.ts')
  const opened = LmdbDisk.open(store, { readOnly: true })
  if (!opened.ok) return []
  const realm = readManifest(opened.disk)?.realm ?? null
  await opened.disk.close()
  if (realm === null || domains.includes(realm)) return []
  return [`the realm of this data folder is ${realm}, which is no domain of the topology`]
}

async function certificateFindings(config: Config, topology: Topology, trust: ReadLinkTrust): Promise<OwnFindings> {
  const { certificate } = dataPaths(config)
  const { readCertificates } = await loadCertificates()
  const { judgeOwn } = await import('./judge-probe.ts')
  if (!existsSync(certificate.certFile)) {
    const message = `there is no ${certificate.certFile}; \`meridian certs issue --role\` or \`certs request\` makes it`
    return { faults: [message], warnings: [] }
  }
  const chain = readCertificates(readFileSync(certificate.certFile)) ?? []
  const evidence = { chain: chain.map(({ raw }) => raw), isResumed: false, distrust: null }
  const name = (config.server.name as string).toLowerCase()
  return judgeOwn(name, config.server.role, evidence, { topology, trust, nowMs: Date.now() })
}
