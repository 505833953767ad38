/**
 * An entry as a connection gives it, from the made-up ones of the fake catalogs.
 */
import type { LdapEntry } from '../../../../src/ports/ldap.ts'
import type { FakeEntry } from '../../../support/fake-catalogs.ts'

export function entryOf({ dn, ...attributes }: FakeEntry): LdapEntry {
  const values = Object.entries(attributes).map(
    ([name, value]) => [name.toLowerCase(), value instanceof Uint8Array ? [value] : [value].flat()] as const,
  )
  return { dn, values: new Map(values as [string, string[]][]) }
}
