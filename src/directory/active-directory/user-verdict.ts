/**
 * What an entry of a domain controller says for or against its user, and the versions of the attributes that decide.
 */
import type { LdapConnection, LdapEntry } from '../../ports/ldap.ts'
import type { DeniedBy } from './denials.ts'
import { type DirectoryUser, readUser, userAttributes } from './directory-user.ts'
import { fileTimeMs, flag, texts } from './entry-values.ts'

const metaData = 'msDS-ReplAttributeMetaData'

/** What is read of each user at a domain controller of his domain. */
export const sweptAttributes: readonly string[] = [...userAttributes, 'accountExpires', 'isDeleted']

/** Of those that changed also the versions of their attributes, some 15 KB a user: too much for all of them. */
export const changedAttributes: readonly string[] = [...sweptAttributes, metaData]

const deciding: ReadonlyMap<string, DeniedBy> = new Map([
  ['useraccountcontrol', 'account-disabled'],
  ['msrtcsip-userenabled', 'sip-disabled'],
  ['accountexpires', 'expired'],
  ['msrtcsip-primaryuseraddress', 'no-address'],
  ['isdeleted', 'deleted'],
])

/** A user as one domain controller shows him at one time. */
export interface SeenUser {
  readonly user: DirectoryUser
  readonly usn: bigint
  readonly isDeleted: boolean
  /** Null where the account does not expire. */
  readonly expiresMs: number | null
  readonly versions: ReadonlyMap<DeniedBy, number>
}

/** Null where there is nothing to know him by. */
export function readSeenUser(entry: LdapEntry): SeenUser | null {
  const user = readUser(entry)
  if (user === null || user.usn === null) return null
  const isDeleted = flag(entry, 'isDeleted') === true
  const versions = attributeVersions(entry)
  return { user, usn: user.usn, isDeleted, expiresMs: fileTimeMs(entry, 'accountExpires'), versions }
}

/** `nowMs` is ours: an expiry needs nobody to tell us. */
export function reasonsAgainst({ user, isDeleted, expiresMs }: SeenUser, nowMs: number): readonly DeniedBy[] {
  // A tombstone has lost all else.
  if (isDeleted) return ['deleted']
  const against = switchesAgainst(user)
  if (expiresMs !== null && expiresMs <= nowMs) against.push('expired')
  if (user.aor === null) against.push('no-address')
  return against
}

/** What a catalog shows too. */
export function switchesAgainst({ accountDisabled, sipEnabled }: DirectoryUser): DeniedBy[] {
  const against: DeniedBy[] = []
  if (accountDisabled) against.push('account-disabled')
  if (!sipEnabled) against.push('sip-disabled')
  return against
}

/** [MS-ADTS] §3.1.1.4.5.14: one value an attribute, each a piece of XML of which name and version are read. */
function attributeVersions(entry: LdapEntry): ReadonlyMap<DeniedBy, number> {
  const versions = new Map<DeniedBy, number>()
  for (const value of texts(entry, metaData)) {
    const name = /<pszAttributeName>([\w-]+)<\/pszAttributeName>/.exec(value)?.[1]?.toLowerCase()
    const version = /<dwVersion>(\d{1,10})<\/dwVersion>/.exec(value)?.[1]
    const by = name === undefined ? undefined : deciding.get(name)
    if (by !== undefined && version !== undefined) versions.set(by, Number(version))
  }
  return versions
}

/** How often his home attribute was set ([MS-ADTS] §3.1.1.1.9); null where he, or the attribute, is not there. */
export async function homeVersion(connection: LdapConnection, dn: string): Promise<number | null> {
  let version: number | null = null
  const search = { base: dn, scope: 'base', filter: { present: 'objectClass' }, attributes: [metaData] } as const
  await connection.search(search, (entries) => {
    for (const value of entries.flatMap((entry) => texts(entry, metaData))) {
      if (!/<pszAttributeName>msRTCSIP-PrimaryHomeServer<\/pszAttributeName>/i.test(value)) continue
      version = Number(/<dwVersion>(\d{1,10})<\/dwVersion>/.exec(value)?.[1] ?? 0)
    }
  })
  return version
}
