/**
 * Which server `meridian chat` connects to, and whom it trusts there: `--server` and `--ca`, else what the
 * configuration says about the server of this machine.
 */
import { readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { resolve } from 'node:path'
import { placeText, type ServerPlace, type ServerTrust } from '../../chat/index.ts'
import { type Config, dataPaths } from '../../config/index.ts'
import type { Invocation, Outcome } from '../command.ts'
import { failed, misconfigured, misused } from '../command.ts'

export type ServerChoice =
  | { readonly ok: true; readonly place: ServerPlace; readonly trust: ServerTrust }
  | { readonly ok: false; readonly outcome: Outcome }

const transports = ['tls', 'tcp', 'udp', 'wss', 'ws'] as const
/** RFC 3261 §19.1.2, RFC 7118 §10. */
const standardPorts = { tls: 5061, tcp: 5060, udp: 5060, wss: 443, ws: 80 } as const

export function chooseServer(invocation: Invocation, config: Config, domain: string): ServerChoice {
  const { options, io } = invocation
  const given = typeof options.server === 'string' ? parsePlace(options.server) : null
  if (options.server !== undefined && given === null) {
    return refused(misused(`--server ${options.server}: write tls:host:port, or tcp, udp, ws or wss in place of tls`))
  }
  const place = given ?? configuredPlace(config)
  if (place === null) {
    return refused(misconfigured('the configuration listens on no fixed port for tls or tcp; name one with --server'))
  }
  const caFile = typeof options.ca === 'string' ? resolve(io.cwd, options.ca) : null
  const { certFile } = dataPaths(config).authority
  const ca = readAuthorityPem(caFile ?? certFile)
  if (ca === null && caFile !== null) return refused(failed(`cannot read ${caFile}`))
  if (ca === null && given === null && place.transport === 'tls') return refused(failed(notStartedYet(certFile, place)))
  // A host that the user has named is the one to check; behind an address, or of the configuration, the SIP domain.
  const sipDomain = given !== null && isIP(place.host) === 0 ? null : domain
  return { ok: true, place, trust: { ca, sipDomain } }
}

function refused(outcome: Outcome): ServerChoice {
  return { ok: false, outcome }
}

function notStartedYet(certFile: string, place: ServerPlace): string {
  return (
    `there is no ${certFile}, so no server has run in this folder yet; start it with \`npm start\` ` +
    `(or \`meridian serve\`), or name another with --server (${placeText(place)} was looked for)`
  )
}

function readAuthorityPem(file: string): string | null {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return null
  }
}

/** `tls:host:port`, `tls:[::1]:5061`, `tls:host`. */
export function parsePlace(text: string): ServerPlace | null {
  const parts = /^(\w+):(?:\/\/)?(?:\[([0-9a-f:.]+)\]|([^\s:[\]/]+))(?::(\d{1,5}))?$/i.exec(text)
  const transport = transports.find((each) => each === parts?.[1]?.toLowerCase())
  const host = parts?.[2] ?? parts?.[3]
  if (transport === undefined || host === undefined) return null
  const port = Number(parts?.[4] ?? standardPorts[transport])
  return port >= 1 && port <= 65_535 ? { transport, host, port } : null
}

/** The first tls endpoint, else the first of tcp. */
function configuredPlace({ listen }: Config): ServerPlace | null {
  for (const transport of ['tls', 'tcp'] as const) {
    const found = listen.endpoints.find((each) => each.transport === transport && each.port !== 0)
    if (found) return { transport, host: reachableHost(found.host), port: found.port }
  }
  return null
}

/** One listens on every address, but connects to one. */
function reachableHost(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1'
  return host === '::' ? '::1' : host
}
