/**
 * Following the changes of domain controllers: disabled, removed, expired, moved away and come back; another database,
 * a sweep that leaves somebody out, a controller that does not answer.
 */
import { expect, test } from 'vitest'
import { ChangeFollower } from '../../../../src/directory/active-directory/change-follower.ts'
import { ControllerConnection } from '../../../../src/directory/active-directory/controller-connection.ts'
import type { DenialChanges } from '../../../../src/directory/active-directory/denials.ts'
import { denialWrites, readDenials } from '../../../../src/directory/active-directory/kept-denials.ts'
import { LdapFault } from '../../../../src/ports/ldap.ts'
import { MemoryStore } from '../../../../src/store/index.ts'
import { FakeCatalog, FakeClock, type FakeEntry, fakePerson, fakePorts } from '../../../support/fake-catalogs.ts'

const domain = 'DC=corp,DC=example'

/** A domain controller with its own numbers; `put` is a change there. */
class FakeController {
  readonly catalog: FakeCatalog
  readonly #people = new Map<string, FakeEntry>()
  #usn = 100
  #database: number

  constructor(name: string, clock: FakeClock, database: number) {
    this.catalog = new FakeCatalog(name, clock)
    this.#database = database
  }

  put(key: string, person: FakeEntry): void {
    this.#people.set(key, { ...person, objectClass: 'user', uSNChanged: String(++this.#usn) } as FakeEntry)
    this.#publish()
  }

  drop(key: string): void {
    this.#people.delete(key)
    this.#usn++
    this.#publish()
  }

  restoreFromBackup(): void {
    this.#database += 100
    this.#publish()
  }

  #publish(): void {
    const invocationId = new Uint8Array(16).fill(this.#database)
    const root = {
      dn: '',
      dsServiceName: 'CN=NTDS',
      highestCommittedUSN: String(this.#usn),
      defaultNamingContext: domain,
    }
    this.catalog.entries = [root, { dn: 'CN=NTDS', invocationId } as FakeEntry, ...this.#people.values()]
  }
}

function rig() {
  const clock = new FakeClock()
  clock.nowMs = Date.UTC(2026, 10, 26)
  const controllers = [new FakeController('dc1', clock, 1), new FakeController('dc2', clock, 2)]
  const ports = fakePorts(clock, [])
  const told: string[] = []
  const kept: DenialChanges[] = []
  const timers = { set: () => ({ target: null }), cancel: () => {} }
  const owner = {
    onChange: (_: string, user: { displayName: string } | null, against: readonly string[]) =>
      void told.push(`${user?.displayName ?? 'gone'}: ${against.join(' ') || 'yes'}`),
  }
  const keep = async (changes: DenialChanges) => void kept.push(changes)
  const followed = controllers.map(({ catalog }) => ({
    name: catalog.host,
    ask: <T>(question: (connection: ReturnType<FakeCatalog['open']>) => Promise<T>) => question(catalog.open()),
  }))
  const follower = new ChangeFollower({ ...ports, timers, keep }, owner, {
    ...{ controllers: followed, base: `OU=People,${domain}`, pollMs: 30_000 },
  })
  const alice = fakePerson('alice')
  const [dc1, dc2] = controllers as [FakeController, FakeController]
  const news = async () => {
    told.length = 0
    await follower.poll()
    return [...told]
  }
  return { clock, dc1, dc2, follower, alice, kept, ports, news }
}

async function settled() {
  const world = rig()
  world.dc1.put('alice', world.alice)
  world.dc2.put('alice', world.alice)
  expect(await world.news()).toEqual(['alice: yes', 'alice: yes'])
  expect(await world.news()).toEqual([])
  return world
}

const disabled = { userAccountControl: '514' }

test('who is disabled at one controller is cut off, and another one’s yes does not help him', async () => {
  const { dc1, dc2, alice, news } = await settled()
  dc1.put('alice', { ...alice, ...disabled })
  expect(await news()).toEqual(['alice: account-disabled'])
  dc2.put('alice', { ...alice, displayName: 'Alice' })
  expect(await news()).toEqual(['Alice: account-disabled'])
  dc2.put('alice', { ...alice, ...disabled })
  await news()
  dc2.put('alice', alice)
  expect(await news()).toEqual(['alice: account-disabled'])
  dc1.put('alice', alice)
  expect(await news()).toEqual(['alice: yes'])
})

test('a higher version of the attribute lifts it from any controller', async () => {
  const { dc1, dc2, alice, news } = await settled()
  const version = (attribute: string, number: number) => ({
    'msDS-ReplAttributeMetaData': [
      `<A>\n\t<pszAttributeName>${attribute}</pszAttributeName>\n\t<dwVersion>${number}</dwVersion>\n</A>`,
    ],
  })
  dc1.put('alice', { ...alice, ...disabled, ...version('userAccountControl', 4) })
  expect(await news()).toEqual(['alice: account-disabled'])
  dc2.put('alice', { ...alice, ...version('userAccountControl', 3) })
  expect(await news()).toEqual(['alice: account-disabled'])
  dc2.put('alice', { ...alice, ...version('userAccountControl', 5) })
  expect(await news()).toEqual(['alice: yes'])
})

test('deleted: by its tombstone', async () => {
  const { dc1, alice, news } = await settled()
  const { objectGUID } = alice
  dc1.put('alice', { dn: `CN=alice\\0ADEL:1,CN=Deleted Objects,${domain}`, objectGUID: objectGUID!, isDeleted: 'TRUE' })
  expect(await news()).toEqual(['gone: deleted'])
})

test('deleted, where tombstones are not seen: by the sweep of each hour', async () => {
  const { clock, dc1, news } = await settled()
  dc1.drop('alice')
  expect(await news()).toEqual([])
  clock.nowMs += 3_600_000
  expect(await news()).toContain('gone: deleted')
})

test('moved out of where users are looked for', async () => {
  const { dc1, alice, news } = await settled()
  dc1.put('alice', { ...alice, dn: `CN=alice,OU=Former,${domain}` })
  expect(await news()).toEqual(['gone: deleted'])
  dc1.put('alice', alice)
  expect(await news()).toEqual(['alice: yes'])
})

test('an account expires by our clock, without a change', async () => {
  const { clock, dc1, alice, news } = await settled()
  const ticks = (BigInt(clock.nowMs + 40_000) + 11_644_473_600_000n) * 10_000n
  dc1.put('alice', { ...alice, accountExpires: String(ticks) })
  expect(await news()).toEqual(['alice: yes'])
  clock.nowMs += 40_000
  expect(await news()).toEqual(['gone: expired'])
  dc1.put('alice', { ...alice, accountExpires: '9223372036854775807' })
  expect(await news()).toEqual(['alice: yes'])
})

test('a database that was restored is read whole, and its numbers are compared with no others', async () => {
  const { dc1, alice, news } = await settled()
  dc1.put('alice', { ...alice, ...disabled })
  await news()
  dc1.put('alice', alice)
  dc1.restoreFromBackup()
  expect(await news()).toEqual(['alice: account-disabled'])
})

test('a controller that does not answer moves nothing, and is asked for the same again', async () => {
  const { dc1, alice, ports, news } = await settled()
  dc1.put('alice', { ...alice, ...disabled })
  dc1.catalog.mode = 'gone'
  expect(await news()).toEqual([])
  expect(ports.events.map(({ event }) => event)).toEqual(['directory.not-followed'])
  dc1.catalog.mode = 'well'
  expect(await news()).toEqual(['alice: account-disabled'])
})

test('a sweep that leaves somebody out cuts nobody off: he is asked for once more', async () => {
  const { clock, dc1, news } = await settled()
  const open = dc1.catalog.open.bind(dc1.catalog)
  dc1.catalog.open = () => {
    const connection = open()
    const isSweep = (filter: object) => 'all' in filter
    const search: typeof connection.search = (question, onPage) =>
      connection.search(question, (entries) => onPage(isSweep(question.filter) ? [] : entries))
    return { isOpen: true, bind: connection.bind, close: connection.close, search }
  }
  clock.nowMs += 3_600_000
  expect(await news()).not.toContain('gone: deleted')
})

test('a sweep that breaks off is no sweep', async () => {
  const { clock, dc1, news } = await settled()
  dc1.drop('alice')
  const open = dc1.catalog.open.bind(dc1.catalog)
  dc1.catalog.open = () => {
    const connection = open()
    const search: typeof connection.search = async (question, onPage) => {
      if (question.scope === 'sub') throw new LdapFault('deadline', 'no answer')
      return connection.search(question, onPage)
    }
    return { isOpen: true, bind: connection.bind, close: connection.close, search }
  }
  clock.nowMs += 3_600_000
  expect(await news()).not.toContain('gone: deleted')
  dc1.catalog.open = open
  expect(await news()).toContain('gone: deleted')
})

test('a no is kept in the store, and is a no after a restart until it is lifted', async () => {
  const first = await settled()
  first.dc1.put('alice', { ...first.alice, ...disabled })
  await first.news()
  const store = new MemoryStore()
  for (const changes of first.kept) store.commit(denialWrites(changes, 0))
  const reading = readDenials(store)
  store.flush()
  const second = rig()
  second.follower.denials.load(await reading)
  second.dc2.put('alice', first.alice)
  expect(await second.news()).toEqual(['alice: account-disabled'])
})

test('one connection is kept, and opened again after its end; a refusal is told in words', async () => {
  const catalog = new FakeCatalog('dc1', new FakeClock())
  const opened: ReturnType<FakeCatalog['open']>[] = []
  const open = async () => {
    opened.push(catalog.open())
    return opened.at(-1)!
  }
  const controller = new ControllerConnection({ host: 'dc1', port: 636 }, { name: 'svc', password: 'x' }, open)
  const question = () => controller.ask(async () => opened.length)
  expect([await question(), await question()]).toEqual([1, 1])
  opened[0]!.close()
  expect(await question()).toBe(2)
  catalog.binds.set('svc', 'AcceptSecurityContext error, data 775, v1db1')
  opened[1]!.close()
  await expect(question()).rejects.toThrow('the service account is refused: the account is locked out')
})

test('who was there in an earlier start and is missing now is gone; another domain’s are not ours', async () => {
  const clock = new FakeClock()
  clock.nowMs = Date.UTC(2026, 10, 26)
  const controller = new FakeController('dc1', clock, 1)
  controller.put('alice', fakePerson('alice'))
  const ports = fakePorts(clock, [controller.catalog])
  const told: string[] = []
  const follower = new ChangeFollower(
    { ...ports, timers: { set: () => ({ target: null }), cancel: () => {} }, keep: async () => {} },
    { onChange: (guid, user, against) => void told.push(`${user?.displayName ?? guid}: ${against.join() || 'yes'}`) },
    {
      controllers: [new ControllerConnection({ host: 'dc1', port: 636 }, { name: 'svc', password: 'x' }, ports.open)],
      base: '',
      pollMs: 1000,
      knownBefore: new Map([
        ['00000000-0000-0000-0000-0000000000aa', `CN=bob,OU=People,${domain}`],
        ['00000000-0000-0000-0000-0000000000bb', 'CN=eve,DC=other,DC=example'],
      ]),
    },
  )
  await follower.poll()
  expect(told.sort()).toEqual(['00000000-0000-0000-0000-0000000000aa: deleted', 'alice: yes'])
})
