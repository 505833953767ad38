/**
 * `meridian topology check`: the file, against this server's own configuration, and then each server as it is found
 * from here: its name, its link port, and the certificate that it shows there.
 */
import { topologyWarnings } from '../../topology/index.ts'
import { isoDay } from '../certs/data-folder.ts'
import type { CommandDescription, Invocation, Outcome } from '../command.ts'
import { doneWithWarnings, failed, misconfigured } from '../command.ts'
import { loadConfiguration } from '../configuration.ts'
import { table } from '../table.ts'
import { examineServers } from './examine-servers.ts'
import type { JudgedServer } from './judge-probe.ts'
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
  const examination = await examineServers(config, read.topology, () => invocation.options.offline !== true)
  if (!examination.ok) return failed(examination.message)
  const { own, servers, trust } = examination.examined
  const file = shownPath(configured.file, invocation.io.cwd)
  const warnings = [
    ...topologyWarnings(read.topology),
    ...trust.outdated.map((list) => `${list}: this revocation list should have been replaced by now`),
    ...own.warnings,
    ...servers.flatMap((server) => server.warnings),
  ]
  const faults = [...own.faults, ...servers.flatMap((server) => server.faults)]
  const text = [`${file}: version ${read.topology.version}, no mistakes`, ...rows(servers)].join('\n')
  const value = { file: configured.file, version: read.topology.version, own, servers, faults }
  const outcome = doneWithWarnings(value, text, warnings)
  return faults.length === 0 ? outcome : { ...outcome, exitCode: 1, error: faults.join('\nmeridian: ') }
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
