/**
 * Who is found behind an address: by SIP address, UPN, mail and proxy addresses; duplicates are nobody, and what the
 * directory takes for the same is compared again.
 */
import fc from 'fast-check'
import { BerReader, BerWriter, FilterParser } from 'ldapts'
import { expect, test } from 'vitest'
import { findUserSearch, judgeFound } from '../../../../src/directory/active-directory/find-user.ts'
import { directMembers, groupMembers } from '../../../../src/directory/active-directory/group-members.ts'
import { ldaptsFilter } from '../../../../src/directory/ldap/ldapts-filter.ts'
import type { LdapConnection } from '../../../../src/ports/ldap.ts'
import { parseAor } from '../../../../src/sip/uri/aor.ts'
import { FakeCatalog, FakeClock, fakePerson } from '../../../support/fake-catalogs.ts'
import { aorOf } from '../../../support/server-world.ts'
import { entryOf } from './entry-of.ts'

const find = (name: string, ...people: ReturnType<typeof fakePerson>[]) => judgeFound(aorOf(name), people.map(entryOf))
const lara = fakePerson('laptop', {
  userPrincipalName: 'lara@other.example',
  mail: 'Lara.Laptop@corp.example',
  proxyAddresses: ['SMTP:Lara.Laptop@corp.example', 'smtp:ll@corp.example', 'sip:l@corp.example', 'x500:/o=corp'],
  'msRTCSIP-PrimaryUserAddress': 'sip:Lara@corp.example',
})

test.each(['lara@corp.example', 'lara@other.example', 'lara.laptop@corp.example', 'll@corp.example', 'l@corp.example'])(
  '%s is Lara',
  (name) => {
    expect(find(name, lara)).toMatchObject({ found: 'user', user: { aor: 'sip:lara@corp.example' } })
  },
)

test('two with one SIP address are both refused; one whose other name it is does not count', () => {
  const [a, b] = [fakePerson('a'), fakePerson('b', { 'msRTCSIP-PrimaryUserAddress': 'SIP:A@corp.example' })]
  expect(find('a@corp.example', a, b)).toMatchObject({ found: 'duplicate', users: [{}, {}] })
  const c = fakePerson('c', { mail: 'a@corp.example' })
  expect(find('a@corp.example', c, a)).toMatchObject({ found: 'user', user: { displayName: 'a' } })
  const d = fakePerson('d', { mail: 'x@corp.example' })
  const e = fakePerson('e', { mail: 'x@corp.example' })
  expect(find('x@corp.example', d, e)).toMatchObject({ found: 'duplicate' })
})

test('an accent makes another user, whatever the directory says', () => {
  const jurgen = fakePerson('j', { userPrincipalName: 'jürgen@corp.example' })
  expect(find('jurgen@corp.example', jurgen)).toEqual({ found: 'nobody' })
})

test('what is absent is a no: enabled for SIP, and userAccountControl', () => {
  const { 'msRTCSIP-UserEnabled': _, userAccountControl: __, ...rest } = fakePerson('a')
  const found = find('a@corp.example', rest as ReturnType<typeof fakePerson>)
  expect(found).toMatchObject({ user: { sipEnabled: false, accountDisabled: true, home: 'none' } })
  const contact = { ...rest, objectClass: ['top', 'contact'] } as ReturnType<typeof fakePerson>
  expect(find('a@corp.example', contact)).toMatchObject({ user: { accountDisabled: false } })
})

test('a home that was deleted is told from one that is there', () => {
  const gone =
    'CN=LC Services,CN=Microsoft,CN=gonepool\\0ADEL:52ec4e7a,CN=Deleted Objects,CN=Configuration,DC=corp,DC=example'
  expect(find('a@corp.example', fakePerson('a', { 'msRTCSIP-PrimaryHomeServer': gone }))).toMatchObject({
    user: { home: 'deleted' },
  })
})

/** RFC 4511 §4.5.1.7: the filter as it goes out, read back. */
function sentShape(aor: string): { shape: string; values: string[] } {
  const writer = new BerWriter()
  ldaptsFilter(findUserSearch(parseAor(aor)!, '').filter).write(writer)
  const values: string[] = []
  const walk = (filter: unknown): string => {
    const {
      constructor: made,
      filters,
      attribute,
      value,
    } = filter as {
      constructor: { name: string }
      filters?: unknown[]
      attribute?: string
      value?: string
    }
    if (filters) return `${made.name}(${filters.map(walk).join(' ')})`
    values.push(String(value))
    return `${made.name} ${attribute}`
  }
  return { shape: walk(FilterParser.parse(new BerReader(writer.buffer))), values }
}

test('no address changes what is asked (RFC 4515 §3 has nothing to escape in bytes)', () => {
  const plain = sentShape('sip:alice@corp.example').shape
  const piece = fc.oneof(
    fc.constantFrom('*', '(', ')', '&', '|', '%00', '%5c', '%2a', '%28', '%29', "'", ';', '=', '~', '!', '%c3%bc'),
    fc.stringMatching(/^[a-z0-9.+$/?,-]{1,8}$/),
  )
  const address = fc.array(piece, { minLength: 1, maxLength: 12 }).map((parts) => `sip:${parts.join('')}@corp.example`)
  fc.assert(
    fc.property(address, (uri) => {
      const aor = parseAor(uri)
      fc.pre(aor !== null)
      const { shape, values } = sentShape(aor!)
      const sought = decodeURIComponent(aor!.slice(4))
      expect(shape).toBe(plain)
      expect(values).toEqual(['person', `sip:${sought}`, sought, sought, `sip:${sought}`, `smtp:${sought}`])
    }),
  )
})

/** A group as Windows gives it: 1,500 values at once, by range, unasked. */
function groupOf(members: readonly string[], { lies }: { lies: boolean } = { lies: false }): LdapConnection {
  return {
    isOpen: true,
    close: () => {},
    bind: async () => {},
    search: async ({ scope, attributes }, onPage) => {
      if (scope !== 'base') return
      const from = Number(/range=(\d+)/.exec(attributes[0]!)?.[1] ?? 0)
      const values = members.slice(from, from + 1500)
      const to = from + 1500 >= members.length ? '*' : lies ? '0' : String(from + values.length - 1)
      onPage([{ dn: 'g', values: new Map([[`member;range=${from}-${to}`, values]]) }])
    },
  }
}

test('a group of 5,000 is read whole, by ranges that were not asked for', async () => {
  const members = Array.from({ length: 5000 }, (_, i) => `CN=u${i},DC=corp,DC=example`)
  expect(await directMembers(groupOf(members), 'CN=big')).toEqual(members)
})

test('a range that does not go on is a fault, not a loop', async () => {
  const members = Array.from({ length: 5000 }, (_, i) => `CN=u${i},DC=corp,DC=example`)
  await expect(directMembers(groupOf(members, { lies: true }), 'CN=big')).rejects.toThrow('does not go on')
})

test('groups in groups, in a circle', async () => {
  const dn = (name: string) => `CN=${name},OU=People,DC=corp,DC=example`
  const group = (name: string, member: string[], memberOf: string[]) => ({
    ...{ dn: dn(name), objectClass: 'group' },
    ...{ member: member.map(dn), memberOf: memberOf.map(dn) },
  })
  const groups = [
    group('staff', ['bob', 'engineering'], ['berlin']),
    group('engineering', ['carol', 'berlin'], ['staff']),
    group('berlin', ['alice', 'staff'], ['engineering']),
  ]
  const connection = new FakeCatalog('dc1', new FakeClock(), groups).open()
  const lower = (name: string) => dn(name).toLowerCase()
  expect([...(await groupMembers(connection, dn('staff')))].sort()).toEqual(['alice', 'bob', 'carol'].map(lower))
  expect([...(await groupMembers(connection, dn('none')))]).toEqual([])
})
