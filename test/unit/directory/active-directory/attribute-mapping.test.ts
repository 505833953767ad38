/**
 * Mapping mode (a directory without the schema extension): users are found, followed and judged by attributes that the
 * configuration names, by the same code; what is absent, doubtful or of another kind is a no.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  type AttributeMapping,
  mappedConnection,
  mappedEntry,
  mappedSearch,
} from '../../../../src/directory/active-directory/attribute-mapping.ts'
import { readUser } from '../../../../src/directory/active-directory/directory-user.ts'
import { findUser, findUserSearch } from '../../../../src/directory/active-directory/find-user.ts'
import { homeVersion, readSeenUser } from '../../../../src/directory/active-directory/user-verdict.ts'
import type { LdapFilter } from '../../../../src/ports/ldap.ts'
import { parseAor } from '../../../../src/sip/uri/aor.ts'
import { FakeCatalog, FakeClock, type FakeEntry, fakePerson } from '../../../support/fake-catalogs.ts'
import { aorOf } from '../../../support/server-world.ts'
import { entryOf } from './entry-of.ts'

const byMail: AttributeMapping = {
  address: 'mail',
  enabled: 'employeeType',
  enabledValue: 'im',
  home: 'extensionAttribute1',
}

/** A user of a directory that knows nothing of SIP. */
function plainPerson(name: string, over: Record<string, string | string[]> = {}): FakeEntry {
  const { 'msRTCSIP-PrimaryUserAddress': _, 'msRTCSIP-UserEnabled': __, ...rest } = fakePerson(name)
  return { ...rest, mail: `${name}@corp.example`, employeeType: 'IM', ...over } as FakeEntry
}

function find(mapping: AttributeMapping, name: string, ...people: FakeEntry[]) {
  const catalog = new FakeCatalog('dc1', new FakeClock(), people)
  return findUser(mappedConnection(catalog.open(), mapping), aorOf(name), '')
}

test('found by the attribute that is mapped, enabled by its value, at home where it says', async () => {
  const alice = plainPerson('alice', { extensionAttribute1: 'Home1.corp.example', userPrincipalName: 'a@corp.example' })
  const found = await find(byMail, 'alice@corp.example', alice, plainPerson('bob'))
  expect(found).toMatchObject({
    found: 'user',
    user: { aor: 'sip:alice@corp.example', sipEnabled: true, home: { dn: 'Home1.corp.example' } },
  })
  expect(await find(byMail, 'a@corp.example', alice)).toMatchObject({ user: { aor: 'sip:alice@corp.example' } })
  expect(await find(byMail, 'eve@corp.example', alice)).toEqual({ found: 'nobody' })
})

test('another value, or none, is a no; without an attribute for it whoever has an address may', async () => {
  const other = plainPerson('alice', { employeeType: 'external' })
  expect(await find(byMail, 'alice@corp.example', other)).toMatchObject({ user: { sipEnabled: false } })
  const everybody = { ...byMail, enabled: '' }
  expect(await find(everybody, 'alice@corp.example', other)).toMatchObject({ user: { sipEnabled: true } })
})

test('proxy addresses: the one with sip: counts, of two none does', async () => {
  const byProxy = { ...byMail, address: 'proxyAddresses' }
  const proxyAddresses = ['SMTP:x@corp.example', 'sip:alice@corp.example']
  const alice = plainPerson('x', { proxyAddresses })
  expect(await find(byProxy, 'alice@corp.example', alice)).toMatchObject({ user: { aor: 'sip:alice@corp.example' } })
  const two = plainPerson('x', { proxyAddresses: [...proxyAddresses, 'sip:bob@corp.example'] })
  expect(readUser(mappedEntry(entryOf(two), byProxy))).toMatchObject({ aor: null })
  const mailOnly = plainPerson('x', { proxyAddresses: ['SMTP:x@corp.example'] })
  expect(readUser(mappedEntry(entryOf(mailOnly), byProxy))).toMatchObject({ aor: null })
})

test('two with one address are both refused', async () => {
  const [a, b] = [plainPerson('a', { mail: 'dup@corp.example' }), plainPerson('b', { mail: 'Dup@corp.example' })]
  expect(await find(byMail, 'dup@corp.example', a, b)).toMatchObject({ found: 'duplicate' })
})

const metaOf = (name: string, version: number) =>
  `<DS_REPL_ATTR_META_DATA><pszAttributeName>${name}</pszAttributeName><dwVersion>${version}</dwVersion>`

test('versions of what is mapped are those of what it stands for, so that a no is lifted by a higher one', async () => {
  const alice = plainPerson('alice', {
    uSNChanged: '7',
    'msDS-ReplAttributeMetaData': [metaOf('employeeType', 4), metaOf('mail', 2), metaOf('extensionAttribute1', 9)],
  })
  const seen = readSeenUser(mappedEntry(entryOf(alice), byMail))
  expect(seen?.versions).toEqual(
    new Map([
      ['sip-disabled', 4],
      ['no-address', 2],
    ]),
  )
  const catalog = new FakeCatalog('dc1', new FakeClock(), [alice])
  expect(await homeVersion(mappedConnection(catalog.open(), byMail), alice.dn)).toBe(9)
})

test('nothing of the extension is asked for, whatever the address', () => {
  const names = (filter: LdapFilter): string[] => {
    if ('all' in filter) return filter.all.flatMap(names)
    if ('any' in filter) return filter.any.flatMap(names)
    return 'equal' in filter ? [filter.equal] : []
  }
  fc.assert(
    fc.property(fc.stringMatching(/^[a-z0-9*()&|.+-]{1,12}$/), (name) => {
      const aor = parseAor(`sip:${name}@corp.example`)
      fc.pre(aor !== null)
      const { filter, attributes } = mappedSearch(findUserSearch(aor!, ''), byMail)
      expect([...names(filter), ...attributes].filter((each) => each.startsWith('msRTCSIP'))).toEqual([])
      expect(attributes).toEqual(expect.arrayContaining(['mail', 'employeeType', 'extensionAttribute1']))
    }),
  )
})
