/**
 * Mapping mode: a directory without the schema extension. The rest asks for the known attributes (msRTCSIP-*); here
 * they are those of the configuration, on the way out in filters, on the way back in entries. A value that is no
 * address, or one of several that could be, is none: what is absent is a no.
 */
import type { LdapConnection, LdapEntry, LdapFilter, LdapSearch } from '../../ports/ldap.ts'

export interface AttributeMapping {
  /** Holds the SIP address, with `sip:` or without. */
  readonly address: string
  /** Says that somebody may sign in, by having `enabledValue`; empty: whoever has an address may. */
  readonly enabled: string
  readonly enabledValue: string
  /** Holds the name of the home server; empty where there is one server. */
  readonly home: string
}

export const knownAddress = 'msRTCSIP-PrimaryUserAddress'
export const knownEnabled = 'msRTCSIP-UserEnabled'
export const knownHome = 'msRTCSIP-PrimaryHomeServer'
const knownTarget = 'msRTCSIP-TargetHomeServer'
const metaData = 'msds-replattributemetadata'

/** Of a known attribute; null where it stands for none. */
export function mappedName(name: string, { address, enabled, home }: AttributeMapping): string | null {
  switch (name) {
    case knownAddress:
      return address
    case knownEnabled:
      return enabled || null
    case knownHome:
      return home || null
    case knownTarget:
      return null
    default:
      return name
  }
}

/** The same connection, for whoever knows the known attributes alone. */
export function mappedConnection<C extends LdapConnection>(connection: C, mapping: AttributeMapping): C {
  const search: LdapConnection['search'] = (asked, onPage) =>
    connection.search(mappedSearch(asked, mapping), (page) => onPage(page.map((entry) => mappedEntry(entry, mapping))))
  return new Proxy(connection, {
    get: (target, key) => {
      if (key === 'search') return search
      const value: unknown = Reflect.get(target, key, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}

export function mappedSearch(search: LdapSearch, mapping: AttributeMapping): LdapSearch {
  const names = search.attributes.flatMap((name) => mappedName(name, mapping) ?? [])
  return { ...search, attributes: [...new Set(names)], filter: mappedFilter(search.filter, mapping) }
}

function mappedFilter(filter: LdapFilter, mapping: AttributeMapping): LdapFilter {
  if ('all' in filter) return { all: filter.all.map((each) => mappedFilter(each, mapping)) }
  if ('any' in filter) return { any: filter.any.map((each) => mappedFilter(each, mapping)) }
  if ('not' in filter) return { not: mappedFilter(filter.not, mapping) }
  if ('present' in filter) return { present: mappedName(filter.present, mapping) ?? filter.present }
  if (!('equal' in filter) || filter.equal !== knownAddress) return filter
  const sip = String(filter.value)
  const values = [sip, sip.replace(/^sip:/, '')]
  return { any: values.map((value) => ({ equal: mapping.address, value })) }
}

/** What the configuration maps to may be read for itself too, such as `mail`: that stays as it is. */
export function mappedEntry({ dn, values }: LdapEntry, mapping: AttributeMapping): LdapEntry {
  const mapped = new Map(values)
  const of = (name: string) => (values.get(name.toLowerCase()) ?? []).filter((value) => typeof value === 'string')
  const address = addressOf(of(mapping.address))
  if (address !== null) mapped.set(knownAddress.toLowerCase(), [address])
  const wanted = mapping.enabledValue.toLowerCase()
  const isEnabled = mapping.enabled === '' || of(mapping.enabled).some((value) => value.toLowerCase() === wanted)
  mapped.set(knownEnabled.toLowerCase(), [isEnabled ? 'TRUE' : 'FALSE'])
  const [home] = mapping.home === '' ? [] : of(mapping.home)
  if (home !== undefined) mapped.set(knownHome.toLowerCase(), [home])
  const versions = values.get(metaData)
  if (versions) mapped.set(metaData, [...versions, ...versionsOf(versions, mapping)])
  return { dn, values: mapped }
}

/** Proxy addresses and the like hold others beside it. */
function addressOf(values: readonly string[]): string | null {
  const withScheme = values.filter((value) => /^sip:/i.test(value))
  const bare = values.filter((value) => !/^[a-z][a-z0-9+.-]*:/i.test(value))
  const [only, another] = withScheme.length > 0 ? withScheme : bare.map((value) => `sip:${value}`)
  return another === undefined ? (only ?? null) : null
}

/** The versions of what is mapped, as those of the known attributes ([MS-ADTS] §3.1.1.4.5.14). */
function versionsOf(values: readonly (string | Uint8Array)[], mapping: AttributeMapping): readonly string[] {
  return values.flatMap((value) => {
    if (typeof value !== 'string') return []
    const name = /<pszAttributeName>([\w-]+)<\/pszAttributeName>/.exec(value)?.[1]?.toLowerCase()
    const known = [knownAddress, knownEnabled, knownHome].filter(
      (each) => mappedName(each, mapping)?.toLowerCase() === name,
    )
    return known.map((each) => value.replace(/(?<=<pszAttributeName>)[\w-]+/, each))
  })
}
