/**
 * `meridian topology show`: the servers that belong together, as the file says.
 */
import type { Topology } from '../../ports/topology.ts'
import { topologyWarnings } from '../../topology/index.ts'
import type { CommandDescription, Invocation, Outcome } from '../command.ts'
import { doneWithWarnings } from '../command.ts'
import { loadConfiguration } from '../configuration.ts'
import { pairs, table } from '../table.ts'
import { readConfiguredTopology, shownPath } from './read-topology.ts'

export const description: CommandDescription = {
  path: ['topology', 'show'],
  purpose: 'show the servers that belong together, and what each is for',
  details: 'As topology.file says now; `topology check` also asks the servers.',
  examples: [
    { line: 'meridian topology show', text: 'as a table' },
    { line: 'meridian topology show --json', text: 'for a program' },
  ],
  exitCodes: { 1: 'topology.file is not set', 2: 'right, but something in it is seldom meant' },
}

export async function run(invocation: Invocation): Promise<Outcome> {
  const loaded = loadConfiguration(invocation)
  if (!loaded.ok) return loaded.outcome
  const configured = readConfiguredTopology(loaded.config, invocation.io)
  if (!configured.ok) return configured.outcome
  const { topology } = configured.read
  const own = loaded.config.server.name?.toLowerCase() ?? null
  const text = topologyText(topology, { own, file: shownPath(configured.file, invocation.io.cwd) })
  return doneWithWarnings({ file: configured.file, own, ...topology }, text, topologyWarnings(topology))
}

function topologyText(topology: Topology, { own, file }: { own: string | null; file: string }): string {
  const { version, domains, servers, deniedFingerprints } = topology
  const head = pairs([
    ['file', file],
    ['version', String(version)],
    ['domains', domains.join(' ')],
    ['denied', `${deniedFingerprints.length} certificates`],
  ])
  const rows = servers.map(({ name, role, linkHost, linkPort, clientUri }) => [
    name === own ? `${name} (this one)` : name,
    role,
    `${linkHost} ${linkPort}`,
    clientUri ?? '-',
  ])
  return `${head}\n\n${table(['server', 'role', 'links', 'clients are sent to'], rows)}`
}
