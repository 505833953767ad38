/**
 * The topology from the configuration partition, and whose home is which server by it.
 */
import { expect, test } from 'vitest'
import { Catalogs } from '../../../../src/directory/active-directory/catalogs.ts'
import { DirectoryHoming } from '../../../../src/directory/active-directory/directory-homing.ts'
import { readDirectoryTopology } from '../../../../src/directory/active-directory/directory-topology.ts'
import { DirectoryUsers } from '../../../../src/directory/active-directory/directory-users.ts'
import { FakeCatalog, FakeClock, type FakeEntry, fakePerson, fakePorts } from '../../../support/fake-catalogs.ts'
import { aorOf } from '../../../support/server-world.ts'

const configuration = 'CN=Configuration,DC=corp,DC=example'
const service = `CN=RTC Service,CN=Services,${configuration}`
const pool = (name: string, more: object = {}): FakeEntry => ({
  dn: `CN=${name},CN=Pools,${service}`,
  objectClass: ['top', 'container', 'msRTCSIP-Pool'],
  ...more,
})
const trusted = (host: string, data: string[] = []): FakeEntry => ({
  dn: `CN=${host},CN=Global Settings,${service}`,
  objectClass: ['top', 'msRTCSIP-TrustedServer'],
  'msRTCSIP-TrustedServerFQDN': host,
  'msRTCSIP-TrustedServerData': data,
})
const entries: FakeEntry[] = [
  { dn: '', configurationNamingContext: configuration, rootDomainNamingContext: 'DC=corp,DC=example' },
  {
    dn: `CN=Global Settings,${service}`,
    objectClass: 'msRTCSIP-GlobalContainer',
    'msRTCSIP-GlobalSettingsData': ['meridian.version=7', 'meridian.denied=AB:CD', 'other=1'],
  },
  { dn: `CN=d,${service}`, objectClass: 'msRTCSIP-Domain', 'msRTCSIP-DomainName': 'Corp.example' },
  pool('pool1', { dNSHostName: 'Home1.corp.example' }),
  pool('pool2', { dNSHostName: 'home2.corp.example', 'msRTCSIP-PoolData': ['meridian.linkPort=5071'] }),
  pool('pool3'),
  trusted('home1.corp.example'),
  trusted('gateway.corp.example'),
  trusted('front.corp.example', ['meridian.role=front-end', 'meridian.clientUri=sip:front.corp.example;transport=tls']),
]

function catalog() {
  const clock = new FakeClock()
  return { clock, catalog: new FakeCatalog('dc1', clock, [...entries]) }
}

/** What a user's entry has whose home is this pool. */
const at = (name: string) => `CN=LC Services,CN=Microsoft,CN=${name},CN=Pools,${service}`

async function homingBy(dc1: FakeCatalog, clock: FakeClock, cacheMs: number) {
  const ports = fakePorts(clock, [dc1])
  const servers = [{ host: 'dc1', port: 3269, site: '', priority: 0 }]
  const catalogs = new Catalogs(ports, { servers, site: '', slowMs: 1000, account: { name: 'svc', password: 'x' } })
  const users = new DirectoryUsers({ ...ports, catalogs }, { base: '', cacheMs })
  const { homes } = (await readDirectoryTopology(dc1.open()))!
  return { homing: new DirectoryHoming(users, () => homes, ports.log), users, ports }
}

test('pools are homes, trusted servers that say so are front ends, others are named apart', async () => {
  const found = await readDirectoryTopology(catalog().catalog.open())
  const plain = { linkPort: 5061, clientUri: null }
  expect(found!.topology).toEqual({
    version: 7,
    domains: ['corp.example'],
    deniedFingerprints: ['abcd'],
    servers: [
      {
        ...{ name: 'front.corp.example', role: 'front-end', linkHost: 'front.corp.example', linkPort: 5061 },
        clientUri: 'sip:front.corp.example;transport=tls',
      },
      { name: 'home1.corp.example', role: 'home', linkHost: 'home1.corp.example', ...plain },
      { name: 'home2.corp.example', role: 'home', linkHost: 'home2.corp.example', ...plain, linkPort: 5071 },
    ],
  })
  expect(found!.otherTrusted).toEqual(['gateway.corp.example'])
  expect(found!.faults).toEqual([`CN=pool3,CN=Pools,${service}: dNSHostName is missing, so it is nobody's home`])
})

test('homes by the directory: of a pool, none, one that is gone, nobody, and while all are silent', async () => {
  const { clock, catalog: dc1 } = catalog()
  const homeAt = (name: string) => ({
    'msRTCSIP-PrimaryHomeServer': `cn=LC Services,CN=Microsoft,CN=${name},CN=Pools,${service}`,
  })
  dc1.entries.push(
    fakePerson('alice', homeAt('pool1')),
    fakePerson('nohome'),
    fakePerson('nowhere', homeAt('pool9')),
    fakePerson('gone', { 'msRTCSIP-PrimaryHomeServer': `CN=p\\0ADEL:1,CN=Deleted Objects,${configuration}` }),
    fakePerson('dup'),
    fakePerson('dup2', { 'msRTCSIP-PrimaryUserAddress': 'sip:dup@corp.example' }),
  )
  const { homing, ports } = await homingBy(dc1, clock, 1_000)
  const find = (name: string) => homing.find(aorOf(`${name}@corp.example`), false)
  const searches = () => dc1.asked.filter((what) => what === 'search').length
  const before = searches()
  expect(await find('alice')).toEqual({ outcome: 'named', server: 'home1.corp.example' })
  expect(await find('alice')).toEqual({ outcome: 'named', server: 'home1.corp.example' })
  expect(searches() - before).toBe(1)
  for (const name of ['nohome', 'nowhere', 'gone', 'dup', 'stranger', 'nohome']) {
    expect(await find(name)).toEqual({ outcome: 'unnamed', server: null })
  }
  const reasons = ports.events.filter(({ event }) => event === 'directory.no-home').map(({ fields }) => fields.reason)
  expect(reasons).toEqual(['none', expect.stringContaining('not in the topology: cn=LC Services'), 'deleted'])
  dc1.mode = 'gone'
  clock.nowMs += 10_000
  expect(await find('alice')).toEqual({ outcome: 'named', server: 'home1.corp.example' })
  expect(await find('bob')).toEqual({ outcome: 'unsure', server: null })
})

test('a home that says that it is not is asked about anew, however young the answer', async () => {
  const { clock, catalog: dc1 } = catalog()
  dc1.entries.push(fakePerson('alice', { 'msRTCSIP-PrimaryHomeServer': at('pool1') }))
  const { homing } = await homingBy(dc1, clock, 60_000)
  const alice = aorOf('alice@corp.example')
  await homing.find(alice, false)
  dc1.entries.pop()
  dc1.entries.push(fakePerson('alice', { 'msRTCSIP-PrimaryHomeServer': at('pool2') }))
  expect(await homing.find(alice, false)).toMatchObject({ server: 'home1.corp.example' })
  expect(await homing.find(alice, true)).toMatchObject({ server: 'home2.corp.example' })
})

test('of a changed user those names are told that were asked for and have another home now', async () => {
  const { clock, catalog: dc1 } = catalog()
  dc1.entries.push(fakePerson('alice', { 'msRTCSIP-PrimaryHomeServer': at('pool1') }))
  const { homing, users } = await homingBy(dc1, clock, 60_000)
  const alice = aorOf('alice@corp.example')
  const found = (await users.find(alice))!.answer
  if (found.found !== 'user') throw new Error('not found')
  const moved = { ...found.user, home: { dn: at('pool2') } }
  expect(homing.changed(moved)).toEqual([])
  await homing.find(alice, false)
  expect(homing.changed(found.user)).toEqual([])
  expect(homing.changed(moved)).toEqual([alice])
  expect(homing.changed({ ...moved, home: 'deleted' })).toEqual([alice])
})
