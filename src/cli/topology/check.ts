/**
 * `meridian topology check`: the file, against this server's own configuration, and then each server as it is found
 * from here: its name, its link port, and the certificate that it shows there.
 */
import { existsSync, readFileSync } from 'node:fs'
import { createSecureContext, type SecureContext } from 'node:tls'
import type { ReadLinkTrust } from '../../certificates/index.ts'
import { type Config, type DataPaths, dataPaths } from '../../config/index.ts'
import type { Topology } from '../../ports/topology.ts'
import { topologyWarnings } from '../../topology/index.ts'
import { isoDay, loadCertificates } from '../certs/data-folder.ts'
import type { CommandDescription, Invocation, Outcome } from '../command.ts'
import { doneWithWarnings, failed, misconfigured } from '../command.ts'
import { loadConfiguration } from '../configuration.ts'
import { table } from '../table.ts'
import type { JudgedServer } from './judge-probe.ts'
import { ownFindings } from './own-findings.ts'
import { probeServer } from './probe.ts'
import { ownProblems, readConfiguredTopology, shownPath } from './read-topology.ts'

export const description: CommandDescription = {
  path: ['topology', 'check'],
  purpose: 'check the topology file, this server in it, and all servers',
  details: [
    'Connects to the link port of each server and says what certificate it shows, and whether this server would',
    'believe it, with the same check that links use. It opens no link and changes nothing.',
  ].join(' '),
  options: [{ flags: '--offline', text: 'the file and this server only' }],
  examples: [
    { line: 'meridian topology check', text: 'before and after each change' },
    { line: 'meridian topology check --offline --json', text: 'where no network is, for a program' },
  ],
  exitCodes: {
    1: 'a server is not reached or would be refused, or topology.file is not set',
    2: 'nothing is wrong, but look at the warnings',
    78: 'the file has mistakes, or does not fit this server’s configuration',
  },
}

const nameMissing = 'server.name: is not set; it is the name by which the topology knows this server'

export async function run(invocation: Invocation): Promise<Outcome> {
  const loaded = loadConfiguration(invocation)
  if (!loaded.ok) return loaded.outcome
  const { config } = loaded
  const configured = readConfiguredTopology(config, invocation.io)
  if (!configured.ok) return configured.outcome
  const { read } = configured
  const strange = config.server.name === null ? [nameMissing] : ownProblems(read, config)
  if (strange.length > 0) return misconfigured(strange.join('\nmeridian: '), { errors: strange })
  const trust = await readTrust(dataPaths(config), config)
  if (!trust.ok) return failed(trust.message)
  const own = await ownFindings(config, read.topology, trust.trust)
  const context = invocation.options.offline === true ? null : ownContext(dataPaths(config), config, trust.trust)
  if (context && !context.ok) return failed(context.message)
  const servers = context ? await probeAll(read.topology, context.context, trust.trust) : []
  const file = shownPath(configured.file, invocation.io.cwd)
  const warnings = [
    ...topologyWarnings(read.topology),
    ...trust.trust.outdated.map((list) => `${list}: this revocation list should have been replaced by now`),
    ...own.warnings,
    ...servers.flatMap((server) => server.warnings),
  ]
  const faults = [...own.faults, ...servers.flatMap((server) => server.faults)]
  const text = [`${file}: version ${read.topology.version}, no mistakes`, ...rows(servers)].join('\n')
  const value = { file: configured.file, version: read.topology.version, own, servers, faults }
  const outcome = doneWithWarnings(value, text, warnings)
  return faults.length === 0 ? outcome : { ...outcome, exitCode: 1, error: faults.join('\nmeridian: ') }
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
  context: SecureContext,
  trust: ReadLinkTrust,
): Promise<readonly JudgedServer[]> {
  const { judgeProbe } = await import('./judge-probe.ts')
  const probes = topology.servers.map((server) => probeServer(server, { context, domain: topology.domains[0]! }))
  const found = await Promise.all(probes)
  return topology.servers.map((server, index) =>
    judgeProbe(server, found[index]!, { topology, trust, nowMs: Date.now() }),
  )
}

function rows(servers: readonly JudgedServer[]): readonly string[] {
  if (servers.length === 0) return []
  const cells = servers.map(({ name, role, link, state, certificate, timeDifferenceMs }) => [
    name,
    role,
    link,
    state,
    certificate === null ? '-' : isoDay(certificate.notAfterMs),
    certificate === null ? '-' : certificate.usages.join('+') || 'none',
    certificate === null ? '-' : certificate.fingerprint.slice(0, 16),
    timeDifferenceMs === null ? '-' : `${(timeDifferenceMs / 1000).toFixed(0)} s`,
  ])
  return ['', table(['server', 'role', 'links', 'state', 'until', 'for', 'SHA-256', 'clock'], cells)]
}
