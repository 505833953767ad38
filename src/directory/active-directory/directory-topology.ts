/**
 * The topology as the configuration partition has it: pools are homes, trusted servers that say so are front ends,
 * domains are domains. What is ours beside the known attributes stands as `meridian.name=value` in those that are
 * reserved for data. Whether it makes sense is checked by whoever takes it over.
 */
import { type LdapConnection, type LdapEntry, LdapFault, type LdapFilter } from '../../ports/ldap.ts'
import type { ServerRole, Topology, TopologyServer } from '../../ports/topology.ts'
import { dnKey } from './distinguished-name.ts'
import { text, texts } from './entry-values.ts'

export interface DirectoryTopology {
  readonly topology: Topology
  /** `dnKey` of a pool and of its service, as homes of users name it → name of the home. */
  readonly homes: ReadonlyMap<string, string>
  /** Trusted servers that are none of ours: gateways and the like, lower case. */
  readonly otherTrusted: readonly string[]
  /** What was left out, and why; for administrators. */
  readonly faults: readonly string[]
}

const classes = ['msRTCSIP-Pool', 'msRTCSIP-TrustedServer', 'msRTCSIP-Domain', 'msRTCSIP-GlobalContainer']

export const topologyAttributes = [
  'objectClass',
  'dNSHostName',
  'msRTCSIP-PoolData',
  'msRTCSIP-TrustedServerFQDN',
  'msRTCSIP-TrustedServerData',
  'msRTCSIP-DomainName',
  'msRTCSIP-GlobalSettingsData',
]

export const linkPortDefault = 5061

/** Null where neither place has an `RTC Service`. Rejects with `LdapFault`. */
export async function readDirectoryTopology(connection: LdapConnection): Promise<DirectoryTopology | null> {
  for (const base of await serviceNames(connection)) {
    const entries = await entriesBelow(connection, base)
    if (entries !== null) return topologyOf(entries)
  }
  return null
}

/** Where servers of later years look, and where those of 2003 looked. */
export async function serviceNames(connection: LdapConnection): Promise<readonly string[]> {
  const names: string[] = []
  const contexts = ['configurationNamingContext', 'rootDomainNamingContext']
  const search = { base: '', scope: 'base', filter: { present: 'objectClass' }, attributes: contexts } as const
  await connection.search(search, ([root]) => {
    const [configuration, rootDomain] = contexts.map((name) => (root ? text(root, name) : null))
    if (configuration) names.push(`CN=RTC Service,CN=Services,${configuration}`)
    if (rootDomain) names.push(`CN=RTC Service,CN=Microsoft,CN=System,${rootDomain}`)
  })
  return names
}

async function entriesBelow(connection: LdapConnection, base: string): Promise<readonly LdapEntry[] | null> {
  const entries: LdapEntry[] = []
  const filter: LdapFilter = { any: classes.map((value) => ({ equal: 'objectClass', value })) }
  try {
    await connection.search({ base, scope: 'sub', filter, attributes: topologyAttributes }, (page) =>
      entries.push(...page),
    )
  } catch (error) {
    // There is no such object, or it lies in a domain that this controller does not hold.
    if (error instanceof LdapFault && (error.code === 32 || error.code === 10)) return null
    throw error
  }
  return entries
}

export function isOf(entry: LdapEntry, name: string): boolean {
  return texts(entry, 'objectClass').some((each) => each.toLowerCase() === name.toLowerCase())
}

export function topologyOf(entries: readonly LdapEntry[]): DirectoryTopology {
  const faults: string[] = []
  const servers: TopologyServer[] = []
  const homes = new Map<string, string>()
  const otherTrusted: string[] = []
  for (const entry of entries.filter((each) => isOf(each, 'msRTCSIP-Pool'))) {
    const server = serverOf(text(entry, 'dNSHostName'), ownData(entry, 'msRTCSIP-PoolData'), 'home')
    if (server === null) faults.push(`${entry.dn}: dNSHostName is missing, so it is nobody's home`)
    else {
      servers.push(server)
      homes.set(dnKey(entry.dn), server.name)
      homes.set(dnKey(`CN=LC Services,CN=Microsoft,${entry.dn}`), server.name)
    }
  }
  for (const entry of entries.filter((each) => isOf(each, 'msRTCSIP-TrustedServer'))) {
    const name = text(entry, 'msRTCSIP-TrustedServerFQDN')?.toLowerCase() ?? null
    if (name !== null && servers.some((server) => server.name === name)) continue
    const data = ownData(entry, 'msRTCSIP-TrustedServerData')
    const server = data.has('role') ? serverOf(name, data, 'front-end') : null
    if (server !== null) servers.push(server)
    else if (name !== null) otherTrusted.push(name)
  }
  servers.sort((a, b) => (a.name < b.name ? -1 : 1))
  const settings = globalData(entries)
  const topology = {
    version: settings.version,
    domains: domainsOf(entries),
    servers,
    deniedFingerprints: settings.denied,
  }
  return { topology, homes, otherTrusted: otherTrusted.sort(), faults }
}

function domainsOf(entries: readonly LdapEntry[]): readonly string[] {
  const names = entries.map((entry) => text(entry, 'msRTCSIP-DomainName')?.toLowerCase())
  return [...new Set(names.filter((name): name is string => name !== undefined))].sort()
}

/** Without a version of ours a change is seen by its content alone, and 1 is what servers tell each other. */
function globalData(entries: readonly LdapEntry[]): { version: number; denied: readonly string[] } {
  const data = entries.flatMap((entry) => [...texts(entry, 'msRTCSIP-GlobalSettingsData')])
  const values = (name: string) =>
    data.filter((each) => each.startsWith(`meridian.${name}=`)).map((each) => each.slice(name.length + 10))
  const version = Number(values('version')[0] ?? 1)
  const denied = values('denied').map((each) => each.toLowerCase().replaceAll(':', ''))
  return { version: Number.isSafeInteger(version) && version > 0 ? version : 1, denied: [...new Set(denied)].sort() }
}

function ownData(entry: LdapEntry, attribute: string): ReadonlyMap<string, string> {
  const pairs = texts(entry, attribute).map((each) => /^meridian\.([\w-]+)=(.*)$/s.exec(each))
  return new Map(pairs.flatMap((pair) => (pair ? [[pair[1]!, pair[2]!] as const] : [])))
}

const roles: readonly ServerRole[] = ['home', 'front-end', 'both']

function serverOf(host: string | null, data: ReadonlyMap<string, string>, role: ServerRole): TopologyServer | null {
  if (host === null) return null
  const name = host.toLowerCase()
  const port = Number(data.get('linkPort') ?? linkPortDefault)
  return {
    name,
    role: roles.find((each) => each === data.get('role')) ?? role,
    linkHost: data.get('linkHost') ?? name,
    linkPort: Number.isInteger(port) && port > 0 && port < 65_536 ? port : linkPortDefault,
    clientUri: data.get('clientUri') ?? null,
  }
}
