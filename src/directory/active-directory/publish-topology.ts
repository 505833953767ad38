/**
 * What must be changed in the configuration partition so that it says a given topology: the inverse of
 * `directory-topology.ts`. What others keep there (settings, gateways, values that are not ours) stays as it is. Found
 * by a plain search, said as steps; who takes them has other rights than the service account.
 */
import { type LdapConnection, type LdapEntry, LdapFault, type LdapStep } from '../../ports/ldap.ts'
import type { Topology, TopologyServer } from '../../ports/topology.ts'
import {
  type DirectoryTopology,
  isOf,
  linkPortDefault,
  serviceNames,
  topologyAttributes,
  topologyOf,
} from './directory-topology.ts'
import { dnKey, rdnValue } from './distinguished-name.ts'
import { text, texts } from './entry-values.ts'

/** All that stands below `RTC Service`, which is not there yet where there are no entries. */
export interface TopologyObjects {
  readonly base: string
  readonly entries: readonly LdapEntry[]
  readonly known: DirectoryTopology
}

/** Rejects with `LdapFault`. */
export async function readTopologyObjects(connection: LdapConnection): Promise<TopologyObjects> {
  const bases = await serviceNames(connection)
  for (const base of bases) {
    const entries = await everythingBelow(connection, base)
    if (entries.length > 0) return { base, entries, known: topologyOf(entries) }
  }
  const [base] = bases
  if (base === undefined) throw new LdapFault('gone', 'it does not say where its configuration partition is')
  return { base, entries: [], known: topologyOf([]) }
}

async function everythingBelow(connection: LdapConnection, base: string): Promise<readonly LdapEntry[]> {
  const entries: LdapEntry[] = []
  const search = { base, scope: 'sub', filter: { present: 'objectClass' }, attributes: topologyAttributes } as const
  try {
    await connection.search(search, (page) => entries.push(...page))
  } catch (error) {
    if (!(error instanceof LdapFault) || (error.code !== 32 && error.code !== 10)) throw error
  }
  return entries
}

/** Users whose home is that pool, at most some: without it they would be nowhere. Rejects with `LdapFault`. */
export async function usersAtHome(connection: LdapConnection, poolDn: string): Promise<readonly string[]> {
  const found: string[] = []
  const names = [poolDn, `CN=LC Services,CN=Microsoft,${poolDn}`]
  const filter = { any: names.map((value) => ({ equal: 'msRTCSIP-PrimaryHomeServer', value })) }
  const search = { base: '', scope: 'sub', filter, attributes: ['objectClass'] } as const
  await connection.search(search, (page) => found.push(...page.map(({ dn }) => dn)))
  return found
}

export interface TopologyPlan {
  /** In the order in which they are taken; each may be taken again after a failure of a later one. */
  readonly steps: readonly LdapStep[]
  /** Pools that are removed. */
  readonly poolsGone: readonly string[]
}

export function planTopology({ base, entries }: TopologyObjects, wanted: Topology): TopologyPlan {
  const containers = containersOf(base, entries)
  const pools = entries.filter((entry) => isOf(entry, 'msRTCSIP-Pool'))
  const trusted = entries.filter((entry) => isOf(entry, 'msRTCSIP-TrustedServer'))
  const homes = wanted.servers.filter(({ role }) => role !== 'front-end')
  const fronts = wanted.servers.filter(({ role }) => role === 'front-end')
  const poolsGone = pools.filter((pool) => !homes.some(({ name }) => name === hostOf(pool)) && hostOf(pool) !== null)
  const frontsGone = trusted.filter((entry) => isOurFront(entry) && !fronts.some(({ name }) => name === fqdnOf(entry)))
  const domains = entries.filter((entry) => isOf(entry, 'msRTCSIP-Domain'))
  const domainsGone = domains.filter((entry) => !wanted.domains.includes(domainOf(entry) ?? ''))
  const settings = entries.find((entry) => isOf(entry, 'msRTCSIP-GlobalContainer'))
  const gone = [...poolsGone, ...frontsGone, ...domainsGone].flatMap(({ dn }) => allBelow(entries, dn))
  const domainsNew = wanted.domains.filter((name) => !domains.some((entry) => domainOf(entry) === name))
  return {
    steps: [
      ...containers.added,
      ...domainsNew.map((name) => newDomain(containers.settings, name)),
      ...homes.flatMap((server) => homeSteps(server, pools, containers.pools)),
      ...fronts.flatMap((server) => frontSteps(server, trusted, containers.settings)),
      ...gone.map((dn): LdapStep => ({ step: 'remove', dn })),
      // Last: a version says that all that belongs to it is there.
      ...dataSteps(settings ?? null, containers.settings, 'msRTCSIP-GlobalSettingsData', globalData(wanted)),
    ],
    poolsGone: poolsGone.map(({ dn }) => dn),
  }
}

function containersOf(base: string, entries: readonly LdapEntry[]) {
  const added: LdapStep[] = []
  const container = (dn: string, objectClass: string) => {
    const known = entries.find((entry) => isOf(entry, objectClass))
    if (!known) added.push({ step: 'add', dn, values: { objectClass: [objectClass] } })
    return known?.dn ?? dn
  }
  container(base, 'msRTCSIP-Service')
  const settings = container(`CN=Global Settings,${base}`, 'msRTCSIP-GlobalContainer')
  const pools = container(`CN=Pools,${base}`, 'msRTCSIP-Pools')
  return { added, settings, pools }
}

function newDomain(settingsDn: string, name: string): LdapStep {
  const values = { objectClass: ['msRTCSIP-Domain'], 'msRTCSIP-DomainName': [name] }
  return { step: 'add', dn: `CN=${rdnValue(name)},${settingsDn}`, values }
}

function homeSteps(server: TopologyServer, pools: readonly LdapEntry[], poolsDn: string): readonly LdapStep[] {
  const data = serverData(server, 'home')
  const known = pools.find((pool) => hostOf(pool) === server.name)
  if (known) return dataSteps(known, known.dn, 'msRTCSIP-PoolData', data)
  const dn = `CN=${rdnValue(server.name)},${poolsDn}`
  const pool = { objectClass: ['msRTCSIP-Pool'], dNSHostName: [server.name], 'msRTCSIP-PoolType': ['1'] }
  const microsoft = `CN=Microsoft,${dn}`
  return [
    { step: 'add', dn, values: data.length === 0 ? pool : { ...pool, 'msRTCSIP-PoolData': data } },
    { step: 'add', dn: microsoft, values: { objectClass: ['container'] } },
    // What the home attribute of users names.
    { step: 'add', dn: `CN=LC Services,${microsoft}`, values: { objectClass: ['msRTCSIP-PoolService'] } },
  ]
}

function frontSteps(server: TopologyServer, trusted: readonly LdapEntry[], settingsDn: string): readonly LdapStep[] {
  const data = ['meridian.role=front-end', ...serverData(server, 'front-end')]
  const known = trusted.find((entry) => fqdnOf(entry) === server.name)
  if (known) return dataSteps(known, known.dn, 'msRTCSIP-TrustedServerData', data)
  const values = {
    objectClass: ['msRTCSIP-TrustedServer'],
    'msRTCSIP-TrustedServerFQDN': [server.name],
    'msRTCSIP-TrustedServerData': data,
  }
  return [{ step: 'add', dn: `CN=${rdnValue(server.name)},${settingsDn}`, values }]
}

/** What is not as it is without being said. */
function serverData(server: TopologyServer, role: TopologyServer['role']): readonly string[] {
  const { name, linkHost, linkPort, clientUri } = server
  return [
    ...(server.role === role ? [] : [`meridian.role=${server.role}`]),
    ...(linkHost === name ? [] : [`meridian.linkHost=${linkHost}`]),
    ...(linkPort === linkPortDefault ? [] : [`meridian.linkPort=${linkPort}`]),
    ...(clientUri === null ? [] : [`meridian.clientUri=${clientUri}`]),
  ]
}

function globalData({ version, deniedFingerprints }: Topology): readonly string[] {
  return [`meridian.version=${version}`, ...deniedFingerprints.map((each) => `meridian.denied=${each}`)]
}

/** Ours in place of ours; what somebody else keeps in the same attribute stays. */
function dataSteps(
  entry: LdapEntry | null,
  dn: string,
  attribute: string,
  ours: readonly string[],
): readonly LdapStep[] {
  const before = entry ? texts(entry, attribute) : []
  const after = [...before.filter((value) => !value.startsWith('meridian.')), ...ours]
  if (JSON.stringify([...before].sort()) === JSON.stringify([...after].sort())) return []
  return [{ step: 'modify', dn, replace: { [attribute]: after } }]
}

function hostOf(pool: LdapEntry): string | null {
  return text(pool, 'dNSHostName')?.toLowerCase() ?? null
}

function fqdnOf(entry: LdapEntry): string | null {
  return text(entry, 'msRTCSIP-TrustedServerFQDN')?.toLowerCase() ?? null
}

function domainOf(entry: LdapEntry): string | null {
  return text(entry, 'msRTCSIP-DomainName')?.toLowerCase() ?? null
}

/** Gateways and the like are none of ours, and are not touched. */
function isOurFront(entry: LdapEntry): boolean {
  return texts(entry, 'msRTCSIP-TrustedServerData').some((value) => value.startsWith('meridian.role='))
}

/** The deepest first: what has something below it cannot be removed. */
function allBelow(entries: readonly LdapEntry[], dn: string): readonly string[] {
  const above = dnKey(dn)
  const below = entries.map((entry) => entry.dn).filter((each) => dnKey(each).endsWith(`,${above}`))
  return [...below.sort((a, b) => dnKey(b).length - dnKey(a).length), dn]
}
