/**
 * `meridian topology links`: how the links of the running server to the others are, as it sees them.
 */
import type { ShownLink, ShownLinks } from '../../admin/index.ts'
import { dataPaths } from '../../config/index.ts'
import { connectAdmin } from '../admin-client.ts'
import { renewBeforeDays } from '../certs/show.ts'
import type { CommandDescription, Invocation, Outcome } from '../command.ts'
import { doneWithWarnings, failed } from '../command.ts'
import { loadConfiguration } from '../configuration.ts'
import { refusedOutcome } from '../open-backend.ts'
import { table } from '../table.ts'
import { clockWarnings } from './clock-warnings.ts'

export const description: CommandDescription = {
  path: ['topology', 'links'],
  purpose: 'show the links of this server to the others, as it sees them',
  details: [
    'One row for each worker and peer: for how long the link is up, the certificate that the peer has shown, the last',
    'round trip, and what waits, was sent and was received. It knows nothing of links between others: ask those.',
  ].join(' '),
  examples: [
    { line: 'meridian topology links', text: 'as a table, and what is wrong' },
    { line: 'meridian topology links --json', text: 'for a program' },
  ],
  exitCodes: { 1: 'no server runs, or it stands alone', 2: 'a link is down, or look at the warnings' },
}

export async function run(invocation: Invocation): Promise<Outcome> {
  const loaded = loadConfiguration(invocation)
  if (!loaded.ok) return loaded.outcome
  const { adminSocket } = dataPaths(loaded.config)
  const server = await connectAdmin(adminSocket)
  if (server === null) return failed(`no server answers on ${adminSocket}: only a running one has links`)
  const asked = await server.state.links()
  if (!asked.ok) return refusedOutcome(asked)
  if (asked.value === null) return failed('this server stands alone: it has no topology')
  return doneWithWarnings(asked.value, linksText(asked.value), linkWarnings(asked.value))
}

const columns = ['peer', 'role', 'worker', 'state', 'age', 'certificate', 'round trip', 'waiting', 'sent', 'received']

function linksText({ own, topologyVersion, links }: ShownLinks): string {
  const head = `${own} in version ${topologyVersion} of the topology`
  if (links.length === 0) return `${head}: no other server that it links to`
  return `${head}\n\n${table([...columns, 'last error'], links.map(row))}`
}

function row(link: ShownLink): readonly string[] {
  const { certificate, roundTripMs } = link
  return [
    link.peer,
    link.role,
    String(link.worker),
    link.state === 'up' ? `up, ${link.connections}` : 'down',
    link.ageSeconds === null ? '-' : ageText(link.ageSeconds),
    certificate === null ? '-' : certificateText(link.peer, certificate),
    roundTripMs === null ? '-' : `${roundTripMs} ms`,
    String(link.waiting),
    String(link.sent.messages),
    String(link.received.messages),
    link.lastFault ?? '-',
  ]
}

/** The peer's own name, which it must carry, and how long it holds. */
function certificateText(peer: string, { names, daysLeft }: NonNullable<ShownLink['certificate']>): string {
  const name = names.find((each) => each.toLowerCase() === peer) ?? names[0] ?? 'no name'
  return `${name}, ${daysLeft} days`
}

function ageText(seconds: number): string {
  const parts = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3_600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
    [seconds % 60, 's'],
  ] as const
  const first = parts.findIndex(([count]) => count > 0)
  if (first === -1) return '0 s'
  return parts
    .slice(first, first + 2)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(' ')
}

/** Once for each peer, whatever the number of workers that say so. */
export function linkWarnings({ links, silentWorkers, topologyVersion }: ShownLinks): readonly string[] {
  const silent = silentWorkers.map((worker) => `worker ${worker} does not say how its links are`)
  const found = links.flatMap((link) => {
    const { peer, state, lastFault, worker } = link
    const down =
      state === 'up' ? [] : [`${peer}: the link of worker ${worker} is down: ${lastFault ?? 'not tried yet'}`]
    return [...down, ...peerWarnings(link, topologyVersion)]
  })
  return [...silent, ...new Set(found)]
}

function peerWarnings(link: ShownLink, topologyVersion: number): readonly string[] {
  const { peer, state, certificate, clockAheadMs, peerTopologyVersion } = link
  const warnings: string[] = []
  if (state === 'down') return warnings
  if (certificate !== null && certificate.daysLeft < renewBeforeDays) {
    warnings.push(`${peer}: its certificate ends in ${certificate.daysLeft} days`)
  }
  warnings.push(...clockWarnings(peer, 'was', clockAheadMs))
  if (peerTopologyVersion !== null && peerTopologyVersion !== topologyVersion) {
    warnings.push(`${peer}: had version ${peerTopologyVersion} of the topology when the link began`)
  }
  return warnings
}
