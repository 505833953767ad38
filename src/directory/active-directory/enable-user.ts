/**
 * What must be changed in the directory so that somebody may sign in: address, switch, home. Found by the catalog, said
 * as a change; who makes it has other rights than the service account.
 */
import type { LdapChange, LdapConnection } from '../../ports/ldap.ts'
import type { Aor } from '../../sip/uri/aor.ts'
import { readDirectoryTopology } from './directory-topology.ts'
import { readUser } from './directory-user.ts'
import { dnKey } from './distinguished-name.ts'
import { findEntries } from './find-user.ts'

export type EnabledUser =
  | { readonly ok: true; readonly change: LdapChange; readonly displayName: string }
  /** It is all so already. */
  | { readonly ok: true; readonly change: null; readonly displayName: string }
  | { readonly ok: false; readonly message: string }

/** `home`: name of a server. Rejects with `LdapFault`. */
export async function enableUser(
  connection: LdapConnection,
  { aor, home, base }: { readonly aor: Aor; readonly home: string; readonly base: string },
): Promise<EnabledUser> {
  const homeDn = await homeNamed(connection, home)
  if (homeDn === null) return { ok: false, message: `the directory knows no home of the name ${home}` }
  const entries = await findEntries(connection, aor, base)
  const users = entries.flatMap((entry) => readUser(entry) ?? [])
  const having = users.filter((user) => user.aor === aor)
  const claiming = having.length > 0 ? having : users.filter((user) => user.aliases.includes(aor))
  const [user] = claiming
  if (!user) return { ok: false, message: `nobody in the directory has ${aor} as SIP address, user name or mail` }
  if (claiming.length > 1) {
    return { ok: false, message: `several have ${aor}: ${claiming.map(({ dn }) => dn).join('; ')}` }
  }
  if (user.aor !== null && user.aor !== aor) return { ok: false, message: `${user.dn} is ${user.aor} already` }
  const { displayName, dn } = user
  const isHomeless = typeof user.home === 'string'
  if (!isHomeless && dnKey(user.home.dn) !== homeDn && !isPoolOf(user.home.dn, homeDn)) {
    return { ok: false, message: `${user.dn} has another home, ${user.home.dn}: meridian user move takes him along` }
  }
  const replace: Record<string, readonly string[]> = {
    ...(user.aor === aor ? {} : { 'msRTCSIP-PrimaryUserAddress': [aor] }),
    ...(user.sipEnabled ? {} : { 'msRTCSIP-UserEnabled': ['TRUE'] }),
    ...(isHomeless ? { 'msRTCSIP-PrimaryHomeServer': [homeDn] } : {}),
  }
  return { ok: true, change: Object.keys(replace).length === 0 ? null : { dn, replace }, displayName }
}

/** The service of a pool, as the attribute names it; null where no pool is that server. */
export async function homeNamed(connection: LdapConnection, home: string): Promise<string | null> {
  const found = await readDirectoryTopology(connection)
  const names = [...(found?.homes ?? [])].filter(([, name]) => name === home.toLowerCase()).map(([dn]) => dn)
  return names.find((dn) => dn.startsWith('cn=lc services,')) ?? null
}

function isPoolOf(dn: string, serviceDn: string): boolean {
  return serviceDn.endsWith(`,${dnKey(dn)}`)
}
