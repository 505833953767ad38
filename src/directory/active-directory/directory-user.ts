/**
 * A user as the global catalog shows him, and how he is read from an entry. Absent is never taken for allowed: an entry
 * that does not say that it is enabled for SIP is not.
 */
import type { LdapEntry } from '../../ports/ldap.ts'
import { type Aor, parseAor } from '../../sip/uri/aor.ts'
import { isDeletedDn } from './distinguished-name.ts'
import { bigNumber, bytes, flag, guidText, text, texts, wholeNumber } from './entry-values.ts'

export interface DirectoryUser {
  /** objectGUID: his identity, whatever he is called. */
  readonly guid: string
  readonly dn: string
  /** msRTCSIP-PrimaryUserAddress; null where it is missing or no SIP address. */
  readonly aor: Aor | null
  /** AORs by which he is also found, his own apart: UPN, mail and proxy addresses. */
  readonly aliases: readonly Aor[]
  readonly upn: string | null
  readonly displayName: string
  /** msRTCSIP-UserEnabled is TRUE. */
  readonly sipEnabled: boolean
  /** userAccountControl has ACCOUNTDISABLE, or is not to be read; a contact has none. */
  readonly accountDisabled: boolean
  readonly home: HomeAttribute
  /** msRTCSIP-TargetHomeServer: an administrator asks for a move there. */
  readonly targetHomeDn: string | null
  /** uSNChanged at the server that was asked; null where it did not say. */
  readonly usn: bigint | null
}

/** msRTCSIP-PrimaryHomeServer; `deleted` names a pool that is gone. */
export type HomeAttribute = { readonly dn: string } | 'none' | 'deleted'

export const userAttributes: readonly string[] = [
  'objectGUID',
  'objectClass',
  'userPrincipalName',
  'mail',
  'proxyAddresses',
  'displayName',
  'cn',
  'userAccountControl',
  'msRTCSIP-PrimaryUserAddress',
  'msRTCSIP-UserEnabled',
  'msRTCSIP-PrimaryHomeServer',
  'msRTCSIP-TargetHomeServer',
  'uSNChanged',
]

export const binaryUserAttributes: readonly string[] = ['objectGUID']

const accountDisable = 0x2

/** Null where it has no objectGUID: nothing can be kept about what has no identity. */
export function readUser(entry: LdapEntry): DirectoryUser | null {
  const guidBytes = bytes(entry, 'objectGUID')
  const guid = guidBytes && guidText(guidBytes)
  if (!guid) return null
  const aor = parseAor(text(entry, 'msRTCSIP-PrimaryUserAddress') ?? '')
  const upn = text(entry, 'userPrincipalName')
  const control = wholeNumber(entry, 'userAccountControl')
  // Somebody whose account is in another forest, which says whether it is disabled.
  const isContact = texts(entry, 'objectClass').includes('contact')
  const homeDn = text(entry, 'msRTCSIP-PrimaryHomeServer')
  return {
    guid,
    dn: entry.dn,
    aor,
    aliases: [...otherAors(entry)].filter((alias) => alias !== aor),
    upn,
    displayName: text(entry, 'displayName') ?? text(entry, 'cn') ?? '',
    sipEnabled: flag(entry, 'msRTCSIP-UserEnabled') === true,
    accountDisabled: control === null ? !isContact : (control & accountDisable) !== 0,
    home: homeDn === null ? 'none' : isDeletedDn(homeDn) ? 'deleted' : { dn: homeDn },
    targetHomeDn: text(entry, 'msRTCSIP-TargetHomeServer'),
    usn: bigNumber(entry, 'uSNChanged'),
  }
}

function otherAors(entry: LdapEntry): Set<Aor> {
  const found = new Set<Aor>()
  const take = (uri: string) => {
    const aor = parseAor(uri)
    if (aor !== null) found.add(aor)
  }
  for (const name of ['userPrincipalName', 'mail']) {
    const address = text(entry, name)
    if (address !== null) take(`sip:${address}`)
  }
  for (const address of texts(entry, 'proxyAddresses')) {
    const [, kind, rest] = /^(sip|smtp):(.+)$/is.exec(address) ?? []
    if (kind !== undefined) take(`sip:${rest}`)
  }
  return found
}
