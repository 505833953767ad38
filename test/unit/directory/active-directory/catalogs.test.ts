/**
 * The choice of a global catalog (site, priority, latency), and what becomes of one that is slow, silent or gone.
 */
import { expect, test } from 'vitest'
import { CatalogChoice } from '../../../../src/directory/active-directory/catalog-choice.ts'
import { Catalogs } from '../../../../src/directory/active-directory/catalogs.ts'
import { DirectoryUsers } from '../../../../src/directory/active-directory/directory-users.ts'
import { FakeCatalog, FakeClock, fakePerson, fakePorts } from '../../../support/fake-catalogs.ts'
import { aorOf } from '../../../support/server-world.ts'

const server = (host: string, site: string, priority: number) => ({ host, port: 3269, site, priority })
const names = (choice: CatalogChoice) => choice.order().map(({ host }) => host)

test('own site first, then priority, then latency; what is not measured is asked to be measured', () => {
  const servers = [server('far', 'Rome', 0), server('b', 'oslo', 1), server('a', 'OSLO', 0), server('c', 'Oslo', 1)]
  const choice = new CatalogChoice(servers, { site: 'Oslo', slowMs: 1000 })
  choice.answered(servers[1]!, 40, 0)
  expect(names(choice)).toEqual(['a', 'c', 'b', 'far'])
  choice.answered(servers[3]!, 50, 0)
  expect(names(choice)).toEqual(['a', 'b', 'c', 'far'])
})

test('one that fails is left for a time that doubles up to a minute', () => {
  const servers = [server('a', '', 0), server('b', '', 0)]
  const choice = new CatalogChoice(servers, { site: '', slowMs: 1000 })
  const backOffs: number[] = []
  for (let i = 0; i < 9; i++) {
    choice.failed(servers[0]!, 'gone', 0)
    backOffs.push(choice.states()[0]!.leftUntilMs!)
  }
  expect(backOffs).toEqual([1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000, 60_000])
  expect(names(choice)).toEqual(['b', 'a'])
})

function rig() {
  const clock = new FakeClock()
  const [first, second] = [new FakeCatalog('dc1', clock), new FakeCatalog('dc2', clock)]
  const ports = fakePorts(clock, [first, second])
  const servers = [server('dc1', '', 0), server('dc2', '', 1)]
  const catalogs = new Catalogs(ports, { servers, site: '', slowMs: 1000, account: { name: 'svc', password: 'x' } })
  first.entries = [fakePerson('alice')]
  second.entries = first.entries
  const users = new DirectoryUsers({ ...ports, catalogs }, { base: '', cacheMs: 60_000 })
  return { clock, first, second, ports, catalogs, users, alice: aorOf('alice@corp.example') }
}

test.each(['gone', 'silent'] as const)(
  'one that is %s is left for another, and comes back by a probe',
  async (mode) => {
    const { clock, first, second, ports, catalogs, users, alice } = rig()
    first.mode = mode
    expect(await users.findNow(alice)).toMatchObject({ answer: { found: 'user' }, isFresh: true })
    const asked = first.asked.length
    await users.findNow(alice)
    expect(first.asked).toHaveLength(asked)
    first.mode = 'well'
    await catalogs.probe()
    expect(first.asked).toHaveLength(asked)
    clock.nowMs += 1000
    await catalogs.probe()
    second.mode = 'gone'
    expect(await users.findNow(alice)).toMatchObject({ isFresh: true })
    expect(ports.events.map(({ event }) => event)).toEqual(['directory.catalog-left', 'directory.catalog-back'])
    const kind = mode === 'gone' ? 'gone' : 'deadline'
    expect(ports.metrics.values.get(`meridian_directory_faults_total{catalog=dc1:3269,kind=${kind}}`)).toBe(1)
  },
)

test('a slow answer is taken, and the next question goes to another', async () => {
  const { first, second, users, alice } = rig()
  first.mode = { slowMs: 500 }
  expect(await users.findNow(alice)).toMatchObject({ isFresh: true })
  expect(second.asked).toEqual([])
  await users.findNow(alice)
  expect(second.asked).toEqual(['open', 'bind svc', 'search'])
})

test('the only one is asked however slow it is', async () => {
  const servers = [server('a', '', 0)]
  const choice = new CatalogChoice(servers, { site: '', slowMs: 1000 })
  choice.answered(servers[0]!, 5000, 0)
  expect(choice.states()[0]!.leftUntilMs).toBe(null)
})

test('while all are silent what was known is served with its age, and nothing is made up of the unknown', async () => {
  const { clock, first, second, users, alice } = rig()
  await users.find(alice)
  first.mode = second.mode = 'gone'
  clock.nowMs += 3_600_000
  expect(await users.find(alice)).toMatchObject({ answer: { found: 'user' }, ageMs: 3_600_000, isFresh: false })
  expect(await users.find(aorOf('bob@corp.example'))).toBe(null)
})

test('a young answer is not asked for again; one that was changed is', async () => {
  const { first, users, alice } = rig()
  const found = await users.find(alice)
  const asked = first.asked.length
  await users.find(alice)
  expect(first.asked).toHaveLength(asked)
  if (found?.answer.found === 'user') users.forgetUser(found.answer.user.guid)
  await users.find(alice)
  expect(first.asked).toHaveLength(asked + 1)
})

test('who asks for the same user at the same time shares one search', async () => {
  const { first, users, alice } = rig()
  await Promise.all(Array.from({ length: 50 }, () => users.find(alice)))
  expect(first.asked.filter((what) => what === 'search')).toHaveLength(1)
})

test('a service account that is refused is a fault of that catalog, in words', async () => {
  const { first, users, ports, alice } = rig()
  first.binds.set('svc', 'AcceptSecurityContext error, data 532, v1db1')
  expect(await users.find(alice)).toMatchObject({ isFresh: true })
  expect(ports.events[0]!.fields.detail).toBe('the service account is refused: the password has expired')
})
