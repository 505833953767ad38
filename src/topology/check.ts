/**
 * What must hold in any topology, wherever it was read: names that certificates can carry, one meaning for each, a home
 * for every front end. Paths are those of `topology.yaml`; whoever read it adds the places.
 */
import { isIP } from 'node:net'
import { isLoopback, type Problem } from '../config/index.ts'
import type { ServerRole, Topology, TopologyServer } from '../ports/topology.ts'
import { parseSipUri } from '../sip/index.ts'
import { clientUriFault, domainFault, linkHostFault, serverNameFault } from './names.ts'

/** SHA-256 in hexadecimal. */
const fingerprintLength = 64

export function checkTopology(topology: Topology): readonly Problem[] {
  return [
    ...domainProblems(topology),
    ...topology.servers.flatMap(serverProblems),
    ...repeatedServers(topology),
    ...roleProblems(topology),
    ...deniedProblems(topology),
  ]
}

/** A server that runs by a topology must be in it, as what it is there. */
export interface OwnServer {
  readonly name: string
  readonly role: ServerRole
}

export function checkOwnServer({ servers }: Topology, own: OwnServer): readonly Problem[] {
  const index = servers.findIndex(({ name }) => name === own.name.toLowerCase())
  if (index < 0) {
    const known = servers.map(({ name }) => name).join(', ')
    const message = `this server, ${own.name}, is not in it (there are ${known}); add it, or set server.name`
    return [{ path: ['servers'], message }]
  }
  const { role } = servers[index] as TopologyServer
  if (role === own.role) return []
  const message = `${own.name} is ${role} here and ${own.role} in its own configuration (server.role)`
  return [{ path: ['servers', index, 'role'], message }]
}

/** Allowed, and seldom meant. */
export function topologyWarnings({ servers, domains }: Topology): readonly string[] {
  const warnings: string[] = []
  for (const { name, linkHost, clientUri } of servers) {
    if (servers.length > 1 && isLoopback(linkHost)) {
      warnings.push(`${name}: linkHost ${linkHost} is loopback, where each machine reaches only itself`)
    }
    const uri = clientUri === null ? null : parseSipUri(clientUri)
    if (uri && uri.scheme === 'sip' && uri.params.get('transport')?.toLowerCase() !== 'tls') {
      warnings.push(`${name}: clients that are sent to ${clientUri} may come without TLS; add ;transport=tls`)
    }
  }
  for (const domain of domains) {
    const other = domains.find((candidate) => domain.endsWith(`.${candidate}`))
    if (other) warnings.push(`domains: ${domain} lies below ${other}; they are two domains with users of their own`)
  }
  return warnings
}

function domainProblems({ domains, servers }: Topology): readonly Problem[] {
  const problems: Problem[] = []
  if (domains.length === 0) problems.push({ path: ['domains'], message: 'is empty; name the SIP domains of the users' })
  for (const [index, domain] of domains.entries()) {
    const path = ['domains', index]
    const fault = domainFault(domain) ?? (isIP(domain) === 0 ? null : 'is an address; users have a domain')
    if (fault !== null) problems.push({ path, message: `${domain} ${fault}` })
    else if (domains.indexOf(domain) < index) problems.push({ path, message: `${domain} is listed twice` })
    else if (servers.some(({ name }) => name === domain)) {
      const message =
        `${domain} is also the name of a server: the certificate of each server carries the domains, so that any of ` +
        'them could pass for this one; give the server a name of its own'
      problems.push({ path, message })
    }
  }
  return problems
}

function serverProblems(server: TopologyServer, index: number): readonly Problem[] {
  const problems: Problem[] = []
  const refuse = (key: string, value: string, fault: string | null) => {
    if (fault !== null) problems.push({ path: ['servers', index, key], message: `${value} ${fault}` })
  }
  refuse('name', server.name, serverNameFault(server.name))
  // A host that was left out is the name, of which everything is said already.
  if (server.linkHost !== server.name) refuse('linkHost', server.linkHost, linkHostFault(server.linkHost))
  if (!Number.isInteger(server.linkPort) || server.linkPort < 1 || server.linkPort > 65_535) {
    refuse('linkPort', String(server.linkPort), 'is no port: a whole number from 1 to 65535')
  }
  if (server.clientUri !== null) refuse('clientUri', server.clientUri, clientUriFault(server.clientUri))
  return problems
}

function repeatedServers({ servers }: Topology): readonly Problem[] {
  const names = new Map<string, number>()
  const places = new Map<string, string>()
  const problems: Problem[] = []
  for (const [index, { name, linkHost, linkPort }] of servers.entries()) {
    const place = `${linkHost.toLowerCase()} port ${linkPort}`
    const other = places.get(place)
    if (names.has(name)) {
      problems.push({ path: ['servers', index, 'name'], message: `${name} is listed twice` })
    } else if (other !== undefined) {
      const message = `${place} is where ${other} takes links already; no two servers can be there`
      problems.push({ path: ['servers', index, 'linkHost'], message })
    }
    names.set(name, index)
    if (other === undefined) places.set(place, name)
  }
  return problems
}

function roleProblems({ servers }: Topology): readonly Problem[] {
  if (servers.length === 0) return [{ path: ['servers'], message: 'is empty; name at least this server' }]
  if (servers.some(({ role }) => role !== 'front-end')) return []
  const names = servers.map(({ name }) => name).join(', ')
  const message = `no server is a home: ${names} would have nobody to pass users to; give one the role home or both`
  return [{ path: ['servers'], message }]
}

function deniedProblems({ deniedFingerprints }: Topology): readonly Problem[] {
  return deniedFingerprints.flatMap((fingerprint, index) => {
    const path = ['deniedCertificates', index, 'fingerprint']
    if (fingerprint.length !== fingerprintLength || !/^[0-9a-f]+$/.test(fingerprint)) {
      const message = `${fingerprint} is no SHA-256 fingerprint: 64 hexadecimal digits, as \`meridian certs show\` says`
      return [{ path, message }]
    }
    return deniedFingerprints.indexOf(fingerprint) < index ? [{ path, message: 'is listed twice' }] : []
  })
}
