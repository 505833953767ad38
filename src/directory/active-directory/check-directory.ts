/**
 * What an administrator wants to know of each domain controller: may we bind, how long it takes, whether its clock is
 * ours, what the catalog does not hold, and whether deletions can be seen. It asks and changes nothing.
 */
import type { Clock } from '../../ports/clock.ts'
import { type LdapConnection, type LdapEntry, LdapFault, type LdapServer, type OpenLdap } from '../../ports/ldap.ts'
import { type AttributeMapping, mappedName } from './attribute-mapping.ts'
import { bindRefusal } from './bind-refusal.ts'
import type { CatalogServer } from './catalog-choice.ts'
import { catalogName } from './catalog-metrics.ts'
import type { ServiceAccount } from './catalogs.ts'
import { flag, generalisedTimeMs, text } from './entry-values.ts'

/** Where what a catalog does not hold is asked for. */
export interface DomainController extends CatalogServer {
  readonly domainPort: number
}

export interface CheckedController {
  readonly catalog: string
  readonly site: string
  /** Of a search for one entry by a connection that is open and bound; null where it did not come to that. */
  readonly roundTripMs: number | null
  /** Its clock minus ours, to the second; null where it did not say. */
  readonly skewMs: number | null
  /** Attributes that we search or read at the catalog and that its partial attribute set does not hold. */
  readonly missing: readonly string[]
  /** `unknown`: none is seen, which is also so where nothing was deleted. */
  readonly seesDeletions: 'yes' | 'no' | 'unknown'
  readonly faults: readonly string[]
  readonly warnings: readonly string[]
}

export interface CheckPorts {
  readonly clock: Clock
  readonly open: OpenLdap
  /** Null where the schema is extended. */
  readonly mapping: AttributeMapping | null
}

/** Of these the first are needed, the others are ways to find a user that are then not there. */
const needed = [
  'msRTCSIP-PrimaryUserAddress',
  'msRTCSIP-UserEnabled',
  'msRTCSIP-PrimaryHomeServer',
  'userAccountControl',
]
const wanted = ['msRTCSIP-TargetHomeServer', 'userPrincipalName', 'mail', 'proxyAddresses', 'displayName']

/** Kerberos forbids more, and expiries of accounts are judged by our clock. */
const skewMaxMs = 300_000
const skewWarningMs = 30_000

interface Findings {
  roundTripMs: number | null
  skewMs: number | null
  missing: readonly string[]
  seesDeletions: 'yes' | 'no' | 'unknown'
  readonly faults: string[]
  readonly warnings: string[]
}

export async function checkController(
  ports: CheckPorts,
  controller: DomainController,
  account: ServiceAccount,
): Promise<CheckedController> {
  const found: Findings = {
    roundTripMs: null,
    skewMs: null,
    missing: [],
    seesDeletions: 'no',
    faults: [],
    warnings: [],
  }
  const each: readonly [LdapServer, (connection: LdapConnection) => Promise<void>][] = [
    [controller, (connection) => checkCatalog(ports, connection, found)],
    [{ host: controller.host, port: controller.domainPort }, (connection) => checkDomain(connection, found)],
  ]
  for (const [server, check] of each) {
    try {
      const connection = await ports.open(server)
      await bound(connection, account, check).finally(() => connection.close())
    } catch (error) {
      found.faults.push(`${catalogName(server)}: ${faultWords(error)}`)
    }
  }
  return { catalog: catalogName(controller), site: controller.site, ...found }
}

async function bound(
  connection: LdapConnection,
  { name, password }: ServiceAccount,
  check: (connection: LdapConnection) => Promise<void>,
): Promise<void> {
  await connection.bind(name, password)
  await check(connection)
}

async function checkCatalog(
  { clock, mapping }: CheckPorts,
  connection: LdapConnection,
  found: Findings,
): Promise<void> {
  const startMs = clock.monotonicMs()
  const root = await baseEntry(connection, '', ['currentTime', 'isGlobalCatalogReady', 'schemaNamingContext'])
  found.roundTripMs = clock.monotonicMs() - startMs
  if (!root) return void found.faults.push('it does not describe itself')
  const theirMs = generalisedTimeMs(root, 'currentTime')
  found.skewMs = theirMs === null ? null : Math.round((theirMs + 500 - clock.systemMs()) / 1000) * 1000
  const skewText = `its clock and ours differ by ${Math.abs(found.skewMs ?? 0) / 1000} s`
  if (found.skewMs !== null && Math.abs(found.skewMs) > skewMaxMs) found.faults.push(skewText)
  else if (found.skewMs !== null && Math.abs(found.skewMs) > skewWarningMs) found.warnings.push(skewText)
  if (flag(root, 'isGlobalCatalogReady') !== true) found.faults.push('it is no global catalog, or not ready as one')
  const schema = text(root, 'schemaNamingContext')
  if (schema !== null) await checkPartialSet(connection, { schema, mapping }, found)
}

async function checkPartialSet(
  connection: LdapConnection,
  { schema, mapping }: { readonly schema: string; readonly mapping: AttributeMapping | null },
  found: Findings,
): Promise<void> {
  const named = (name: string) => (mapping === null ? name : (mappedName(name, mapping) ?? []))
  const mustHave = needed.flatMap(named)
  const all = [...new Set([...mustHave, ...wanted.flatMap(named)])]
  const held = new Map<string, boolean>()
  const filter = { any: all.map((name) => ({ equal: 'lDAPDisplayName', value: name })) }
  const attributes = ['lDAPDisplayName', 'isMemberOfPartialAttributeSet']
  await connection.search({ base: schema, scope: 'one', filter, attributes }, (entries) => {
    for (const entry of entries) {
      held.set(text(entry, 'lDAPDisplayName') ?? '', flag(entry, 'isMemberOfPartialAttributeSet') === true)
    }
  })
  found.missing = all.filter((name) => held.get(name) !== true)
  for (const name of found.missing) {
    const message = held.has(name)
      ? `${name} is not in the partial attribute set: set isMemberOfPartialAttributeSet on it`
      : `${name} is not in the schema: load deploy/ad first, or name other attributes`
    if (mustHave.includes(name)) found.faults.push(message)
    else found.warnings.push(`${message}; nobody is found by it until then`)
  }
}

async function checkDomain(connection: LdapConnection, found: Findings): Promise<void> {
  const root = await baseEntry(connection, '', ['defaultNamingContext'])
  const domain = root && text(root, 'defaultNamingContext')
  if (!domain) return void found.faults.push('it does not name its domain')
  const base = `CN=Deleted Objects,${domain}`
  const container = await baseEntry(connection, base, ['objectClass'], true)
  found.seesDeletions = container === null ? 'no' : await deletionsBelow(connection, base)
  if (found.seesDeletions === 'yes') return
  const cure = `as a domain administrator: dsacls "${base}" /takeOwnership, then dsacls "${base}" /G ACCOUNT:LCRP`
  const what = found.seesDeletions === 'no' ? 'deletions cannot be seen' : 'no deleted object is seen, if there are any'
  found.warnings.push(`${what}; until they are, a full sweep each hour finds who is gone; ${cure}`)
}

/** Some servers show the container to all, and what is in it to few: an empty one proves nothing. */
async function deletionsBelow(connection: LdapConnection, base: string): Promise<'yes' | 'unknown'> {
  let seen = false
  const filter = { equal: 'isDeleted', value: 'TRUE' }
  const search = { base, scope: 'one', filter, attributes: ['objectGUID'], showDeleted: true } as const
  await connection.search(search, (entries) => {
    seen ||= entries.some(({ dn }) => dn.toLowerCase() !== base.toLowerCase())
  })
  return seen ? 'yes' : 'unknown'
}

async function baseEntry(
  connection: LdapConnection,
  base: string,
  attributes: readonly string[],
  showDeleted = false,
): Promise<LdapEntry | null> {
  let found: LdapEntry | null = null
  const search = { base, scope: 'base', filter: { present: 'objectClass' }, attributes, showDeleted } as const
  try {
    await connection.search(search, ([entry]) => {
      found = entry ?? null
    })
  } catch (error) {
    const isHidden = error instanceof LdapFault && (error.code === 32 || error.code === 50)
    if (!isHidden) throw error
  }
  return found
}

/** For administrators. */
export function faultWords(error: unknown): string {
  if (!(error instanceof LdapFault)) throw error
  if (error.code === 49) return `the service account is refused: ${bindRefusal(error.message).words}`
  if (error.kind === 'untrusted') return `its certificate is not believed: ${error.message}`
  return error.message
}
