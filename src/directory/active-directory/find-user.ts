/**
 * Finds the user behind an address of record with one search. What the directory returns is compared once more by our
 * own rules: its comparison also takes `ü` for `u`, and nobody may speak for another because of that.
 */
import type { LdapConnection, LdapEntry, LdapFilter, LdapSearch } from '../../ports/ldap.ts'
import type { Aor } from '../../sip/uri/aor.ts'
import { binaryUserAttributes, type DirectoryUser, readUser, userAttributes } from './directory-user.ts'

export type FoundUser =
  | { readonly found: 'user'; readonly user: DirectoryUser }
  | { readonly found: 'nobody' }
  /** Several claim the address: all of them are refused, and an administrator must hear of it. */
  | { readonly found: 'duplicate'; readonly users: readonly DirectoryUser[] }

/** Users and contacts; what is neither has no SIP address. */
const people: LdapFilter = { equal: 'objectCategory', value: 'person' }

/** The search for a user by SIP address, UPN, mail and proxy addresses. An empty base is the whole forest at a GC. */
export function findUserSearch(aor: Aor, base: string): LdapSearch {
  const address = unescapedAddress(aor)
  const claims: LdapFilter[] = [
    { equal: 'msRTCSIP-PrimaryUserAddress', value: `sip:${address}` },
    { equal: 'userPrincipalName', value: address },
    { equal: 'mail', value: address },
    { equal: 'proxyAddresses', value: `sip:${address}` },
    { equal: 'proxyAddresses', value: `smtp:${address}` },
  ]
  return {
    base,
    scope: 'sub',
    filter: { all: [people, { any: claims }] },
    attributes: userAttributes,
    binary: binaryUserAttributes,
  }
}

/** As directories write it: `%20` of an AOR is a space there. What is no UTF-8 stays as it is, and finds nobody. */
function unescapedAddress(aor: Aor): string {
  const address = aor.slice('sip:'.length)
  try {
    return decodeURIComponent(address)
  } catch {
    return address
  }
}

/** Rejects with `LdapFault`. */
export async function findUser(connection: LdapConnection, aor: Aor, base: string): Promise<FoundUser> {
  return judgeFound(aor, await findEntries(connection, aor, base))
}

/** All that claim the address in the directory's eyes. Rejects with `LdapFault`. */
export async function findEntries(connection: LdapConnection, aor: Aor, base: string): Promise<readonly LdapEntry[]> {
  const entries: LdapEntry[] = []
  await connection.search(findUserSearch(aor, base), (page) => entries.push(...page))
  return entries
}

/**
 * The SIP address wins over all others, and is the only one whose doubling is a fault of the directory's data. Where
 * nobody has it as SIP address, it must be another name of exactly one.
 */
export function judgeFound(aor: Aor, entries: readonly LdapEntry[]): FoundUser {
  const users = entries.map(readUser).filter((user): user is DirectoryUser => user !== null)
  const primary = users.filter((user) => user.aor === aor)
  const others = users.filter((user) => user.aor !== aor && user.aor !== null && user.aliases.includes(aor))
  const claiming = primary.length > 0 ? primary : others
  if (claiming.length > 1) return { found: 'duplicate', users: claiming }
  return claiming.length === 1 ? { found: 'user', user: claiming[0]! } : { found: 'nobody' }
}
