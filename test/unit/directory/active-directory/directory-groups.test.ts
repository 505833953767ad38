/**
 * Groups of the directory in the policy (§10, §11.5): who is in them as Active Directory resolves it, changes
 * followed, and told to the shards of accounts.
 */
import { expect, test } from 'vitest'
import { AccountGroups } from '../../../../src/directory/active-directory/account-groups.ts'
import { DirectoryGroups } from '../../../../src/directory/active-directory/directory-groups.ts'
import { firstPart } from '../../../../src/directory/active-directory/distinguished-name.ts'
import type { LdapFault } from '../../../../src/ports/ldap.ts'
import type { Aor } from '../../../../src/sip/uri/aor.ts'
import { FakeCatalog, FakeClock, type FakeEntry, fakePerson } from '../../../support/fake-catalogs.ts'

const dn = (name: string) => `CN=${name},OU=Groups,DC=corp,DC=example`
const group = (name: string, usn: number, over: Record<string, string | string[]> = {}): FakeEntry => {
  return { dn: dn(name), objectClass: ['top', 'group'], uSNChanged: String(usn), ...over }
}
const root = (usn: number, service = 'CN=NTDS Settings,CN=DC1'): FakeEntry => {
  return { dn: '', dsServiceName: service, highestCommittedUSN: String(usn) }
}

const guids = new Map<string, string>()
/** Somebody in these groups, who is known by the guid that he has. */
const person = (name: string, groups: readonly string[], over: Record<string, string> = {}): FakeEntry => {
  const entry = fakePerson(name, { memberOf: groups.map(dn), ...over })
  const [number] = entry.objectGUID as Uint8Array
  guids.set(name, `000000${number!.toString(16).padStart(2, '0')}-0000-0000-0000-000000000000`)
  return entry
}

function rig(entries: FakeEntry[], names: readonly string[], base = '') {
  const clock = new FakeClock()
  const catalog = new FakeCatalog('dc1', clock, [root(10), ...entries])
  const logged: string[] = []
  const log = { write: (_: string, event: string) => void logged.push(event) }
  const groups = new DirectoryGroups(names.map(dn), base, log)
  const read = async () => groups.read(catalog.open(), clock.nowMs)
  const of = (name: string) => groups.of(guids.get(name)!)
  return { catalog, clock, groups, read, of, logged }
}

test('members of groups in groups count, in circles too, and those whose primary group it is', async () => {
  const { read, of, groups } = rig(
    [
      group('Staff', 1, { memberOf: [dn('Berlin')], primaryGroupToken: '1105' }),
      group('Engineering', 2, { memberOf: [dn('Staff')] }),
      group('Berlin', 3, { memberOf: [dn('Engineering')] }),
      group('Board', 4),
      person('bob', ['Staff']),
      person('carol', ['Engineering']),
      person('alice', ['Berlin', 'Board']),
      person('dave', [], { primaryGroupID: '1105' }),
      person('eve', []),
    ],
    ['Staff', 'Board'],
  )
  expect([of('bob'), groups.names]).toEqual([null, ['board', 'staff']])
  await read()
  expect(['alice', 'bob', 'carol', 'dave', 'eve'].map(of)).toEqual([
    ...[['board', 'staff'], ['staff'], ['staff'], ['staff'], []],
  ])
})

test('a group of 5,000 is read whole', async () => {
  const people = Array.from({ length: 5_000 }, (_, at) => {
    const guid = new Uint8Array(16)
    new DataView(guid.buffer).setUint32(12, at)
    return { ...fakePerson(`user${at}`, { memberOf: [dn('Big')] }), objectGUID: guid }
  })
  const { read, groups } = rig([group('Big', 1), ...people], ['Big'])
  await read()
  const inIt = people.filter(({ objectGUID }) => {
    const tail = Buffer.from(objectGUID.subarray(10)).toString('hex')
    return groups.of(`00000000-0000-0000-0000-${tail}`)?.length === 1
  })
  expect(inIt).toHaveLength(5_000)
})

test('is read again when some group has changed, or another database answers, and not else', async () => {
  const { read, of, catalog, clock } = rig(
    [group('Staff', 1), group('Inner', 1), person('alice', ['Staff'])],
    ['Staff'],
  )
  await read()
  const searches = () => catalog.asked.filter((what) => what === 'search').length
  const before = searches()
  await read()
  expect(searches() - before).toBe(2)
  const change = (...entries: FakeEntry[]) => {
    catalog.entries = [...entries, person('alice', []), person('bob', ['Inner'])]
  }
  change(root(12), group('Staff', 1), group('Inner', 12, { memberOf: [dn('Staff')] }))
  await read()
  expect([of('alice'), of('bob')]).toEqual([[], ['staff']])
  change(root(3, 'CN=NTDS Settings,CN=DC2'), group('Staff', 1), group('Inner', 1))
  await read()
  expect(of('bob')).toEqual([])
  change(root(3, 'CN=NTDS Settings,CN=DC2'), group('Staff', 1), group('Inner', 1, { memberOf: [dn('Staff')] }))
  await read()
  expect(of('bob')).toEqual([])
  clock.nowMs += 3_600_000
  await read()
  expect(of('bob')).toEqual(['staff'])
})

test('what is known stays while no catalog answers; a group that is not there is said once', async () => {
  const { read, of, catalog, clock, logged } = rig([group('Staff', 1), person('alice', ['Staff'])], ['Staff', 'Typo'])
  await read()
  clock.nowMs += 3_600_000
  await read()
  expect(logged).toEqual(['directory.group-missing'])
  catalog.mode = 'gone'
  await expect(read()).rejects.toMatchObject({ kind: 'gone' } satisfies Partial<LdapFault>)
  expect(of('alice')).toEqual(['staff'])
})

test('shards are told what is new, and again what they did not take', async () => {
  const { read, groups, catalog, clock } = rig(
    [group('Staff', 1), person('alice', ['Staff']), person('bob', [])],
    ['Staff'],
  )
  const told: string[] = []
  let isTaken = true
  const accounts = new Map(['alice', 'bob'].map((name) => [guids.get(name)!, `sip:${name}@corp.example` as Aor]))
  const shards = new AccountGroups(groups, {
    log: { write: () => {} },
    accounts: () => accounts,
    act: async (aor, request) => {
      if (request.act !== 'change-groups') throw new Error(request.act)
      told.push(`${aor} +${request.add} -${request.remove}`)
      if (!isTaken) return { ok: false, error: 'unavailable', message: '' }
      return {
        ...{ ok: true, account: null, devices: [], credentials: [], directory: null },
        mailboxMessages: 0,
        unconfirmed: [],
      }
    },
  })
  await shards.tell()
  expect(told).toEqual([])
  await read()
  await shards.tell()
  await shards.tell()
  expect(told.splice(0)).toEqual(['sip:alice@corp.example +staff -', 'sip:bob@corp.example + -staff'])
  const [, , alice] = catalog.entries
  catalog.entries = [root(20), group('Staff', 20), { ...alice!, memberOf: [] }]
  clock.nowMs += 30_000
  isTaken = false
  await read()
  await shards.tell()
  isTaken = true
  await shards.tell()
  await shards.tell()
  expect(told).toEqual(['sip:alice@corp.example + -staff', 'sip:alice@corp.example + -staff'])
})

test('a group is called by its first part, without escapes', () => {
  expect(firstPart('CN=Sales\\, EMEA,OU=Groups,DC=x')).toBe('Sales, EMEA')
  expect(firstPart('CN=plain')).toBe('plain')
})
