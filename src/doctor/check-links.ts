/**
 * The other servers of the topology and the links to them: are they reached, would their certificates be believed and
 * for how long, is their clock right, and does each worker of the running server have its link.
 */
import { type Finding, Findings } from './finding.ts'

/** Of one server, as it was found from here. */
export interface ExaminedServer {
  readonly name: string
  readonly state: 'accepted' | 'refused' | 'not resolved' | 'not reached'
  /** Of its certificate; null where none was seen. */
  readonly daysLeft: number | null
  readonly timeDifferenceMs: number | null
  readonly faults: readonly string[]
  readonly warnings: readonly string[]
}

export interface ExaminedLink {
  readonly peer: string
  readonly worker: number
  readonly state: 'up' | 'down'
  readonly roundTripMs: number | null
  readonly lastFault: string | null
}

export interface LinksQuestion {
  /** Null where this server stands alone; a text: why nobody could be asked. */
  readonly examined:
    | {
        /** What others will say of this server. */
        readonly own: { readonly faults: readonly string[]; readonly warnings: readonly string[] }
        readonly servers: readonly ExaminedServer[]
      }
    | string
    | null
  /** Of the running server; null where none runs. */
  readonly links: { readonly links: readonly ExaminedLink[]; readonly silentWorkers: readonly number[] } | null
}

const serverCure = '`meridian topology check` says more, docs/links.md what each reason means'
const linkCure = '`meridian topology links` says more, and its log why'

export function checkLinks({ examined, links }: LinksQuestion): readonly Finding[] {
  const found = new Findings('links')
  if (examined === null) return found.all
  if (typeof examined === 'string') found.fault('topology.authorityFile', examined, serverCure)
  else {
    for (const fault of examined.own.faults) found.fault('tls.certificateFile', fault, serverCure)
    for (const warning of examined.own.warnings) found.warning('tls.certificateFile', warning, serverCure)
    for (const server of examined.servers) examineServer(found, server)
  }
  for (const worker of links?.silentWorkers ?? []) {
    found.warning('links', `worker ${worker} does not say how its links are`, linkCure)
  }
  for (const link of links?.links ?? []) examineLink(found, link)
  return found.all
}

function examineServer(found: Findings, { name, state, daysLeft, timeDifferenceMs, faults, warnings }: ExaminedServer) {
  for (const fault of faults) found.fault('topology.servers', fault, serverCure)
  for (const warning of warnings) found.warning('topology.servers', warning, serverCure)
  if (state !== 'accepted' || faults.length > 0) return
  const days = daysLeft === null ? '' : `, its certificate is right for ${daysLeft} days`
  const clock =
    timeDifferenceMs === null ? '' : `, its clock differs by ${Math.abs(timeDifferenceMs / 1000).toFixed(0)} s`
  found.right('topology.servers', `${name} is reached${days}${clock}`)
}

function examineLink(found: Findings, { peer, worker, state, roundTripMs, lastFault }: ExaminedLink): void {
  const between = `the link of worker ${worker} to ${peer}`
  if (state === 'down') found.fault('links', `${between} is down: ${lastFault ?? 'it was not tried yet'}`, linkCure)
  else found.right('links', `${between} is up${roundTripMs === null ? '' : `, ${roundTripMs} ms there and back`}`)
}
