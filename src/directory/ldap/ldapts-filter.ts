/**
 * Our filters as those of ldapts. Its parser of filter texts is not used: it reads `\c3\bc` as two characters instead
 * of two bytes, and texts are where injection begins.
 */
import { Buffer } from 'node:buffer'
import {
  AndFilter,
  EqualityFilter,
  ExtensibleFilter,
  type Filter,
  GreaterThanEqualsFilter,
  NotFilter,
  OrFilter,
  PresenceFilter,
} from 'ldapts'
import type { LdapFilter } from '../../ports/ldap.ts'

export function ldaptsFilter(filter: LdapFilter): Filter {
  if ('all' in filter) return new AndFilter({ filters: filter.all.map(ldaptsFilter) })
  if ('any' in filter) return new OrFilter({ filters: filter.any.map(ldaptsFilter) })
  if ('not' in filter) return new NotFilter({ filter: ldaptsFilter(filter.not) })
  if ('equal' in filter) return new EqualityFilter({ attribute: filter.equal, value: Buffer.from(filter.value) })
  if ('atLeast' in filter) return new GreaterThanEqualsFilter({ attribute: filter.atLeast, value: filter.value })
  if ('present' in filter) return new PresenceFilter({ attribute: filter.present })
  return new ExtensibleFilter({ matchType: filter.matches, rule: filter.rule, value: filter.value })
}
