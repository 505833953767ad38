/**
 * A topology as steps that make the configuration partition say it: read again it is the same, whatever was there, and
 * what others keep there stays.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readDirectoryTopology } from '../../../../src/directory/active-directory/directory-topology.ts'
import { ldifOfStep } from '../../../../src/directory/active-directory/ldif.ts'
import {
  planTopology,
  readTopologyObjects,
  usersAtHome,
} from '../../../../src/directory/active-directory/publish-topology.ts'
import type { LdapStep } from '../../../../src/ports/ldap.ts'
import type { Topology, TopologyServer } from '../../../../src/ports/topology.ts'
import { FakeCatalog, FakeClock, type FakeEntry, fakePerson } from '../../../support/fake-catalogs.ts'

const configuration = 'CN=Configuration,DC=corp,DC=example'
const service = `CN=RTC Service,CN=Services,${configuration}`
const root: FakeEntry = { dn: '', configurationNamingContext: configuration }
const server = (name: string, change: Partial<TopologyServer> = {}): TopologyServer => {
  return { name, role: 'home', linkHost: name, linkPort: 5061, clientUri: null, ...change }
}
const topology: Topology = {
  version: 3,
  domains: ['corp.example', 'other.example'],
  servers: [
    server('front.corp.example', { role: 'front-end', clientUri: 'sip:front.corp.example;transport=tls' }),
    server('home1.corp.example', { linkPort: 5071 }),
    server('home2.corp.example', { role: 'both', linkHost: '192.0.2.7' }),
  ],
  deniedFingerprints: ['ab'.repeat(32)],
}

/** As a directory takes them: an entry is added below one that is there, and removed when nothing is below it. */
function take(entries: readonly FakeEntry[], steps: readonly LdapStep[]): FakeEntry[] {
  let after = [...entries]
  for (const step of steps) {
    const { dn } = step
    const known = after.find((entry) => entry.dn === dn)
    if (step.step === 'add') {
      if (known) throw new Error(`${dn} is there already`)
      const parent = dn.slice(dn.indexOf(',') + 1)
      if (dn !== service && !after.some((entry) => entry.dn === parent)) throw new Error(`${dn} has no parent`)
      after.push({ dn, ...step.values })
    } else if (!known) throw new Error(`${dn} is not there`)
    else if (step.step === 'modify')
      after = after.map((entry) => (entry === known ? { ...entry, ...step.replace } : entry))
    else if (after.some((entry) => entry.dn.endsWith(`,${dn}`))) throw new Error(`${dn} has entries below it`)
    else after = after.filter((entry) => entry !== known)
  }
  return after
}

async function published(entries: readonly FakeEntry[], wanted: Topology) {
  const open = (all: readonly FakeEntry[]) => new FakeCatalog('dc1', new FakeClock(), [...all]).open()
  const { steps, poolsGone } = planTopology(await readTopologyObjects(open(entries)), wanted)
  const after = take(entries, steps)
  const again = planTopology(await readTopologyObjects(open(after)), wanted).steps
  return { steps, poolsGone, after, again, read: (await readDirectoryTopology(open(after)))?.topology }
}

const sorted = (wanted: Topology) => ({
  ...wanted,
  servers: [...wanted.servers].sort((a, b) => (a.name < b.name ? -1 : 1)),
  domains: [...wanted.domains].sort(),
})

describe('a topology that is published', () => {
  it('makes all that is needed in an empty forest, and then nothing more', async () => {
    const { read, again, steps } = await published([root], topology)
    expect(read).toEqual(topology)
    expect(again).toEqual([])
    expect(steps.at(-1)).toMatchObject({ step: 'modify', dn: `CN=Global Settings,${service}` })
  })

  it('leaves alone what is not ours: gateways, settings, values of others', async () => {
    const gateway = {
      dn: `CN={1},CN=Global Settings,${service}`,
      objectClass: 'msRTCSIP-TrustedServer',
      'msRTCSIP-TrustedServerFQDN': 'gateway.corp.example',
    }
    const before = (await published([root], topology)).after.map((entry) =>
      String(entry.objectClass) === 'msRTCSIP-GlobalContainer'
        ? { ...entry, 'msRTCSIP-GlobalSettingsData': ['theirs=1', 'meridian.version=3'] }
        : entry,
    )
    const { after, read } = await published([...before, gateway], { ...topology, version: 4 })
    expect(after).toContainEqual(gateway)
    const settings = after.find(({ objectClass }) => String(objectClass) === 'msRTCSIP-GlobalContainer')!
    expect(settings['msRTCSIP-GlobalSettingsData']).toContain('theirs=1')
    expect(read?.version).toBe(4)
  })

  it('takes away a home with all that is below it, and says who would be without one', async () => {
    const { after } = await published([root], topology)
    const [front, home1] = topology.servers as [TopologyServer, TopologyServer]
    const { read, poolsGone } = await published(after, { ...topology, version: 4, servers: [front, home1] })
    expect(read?.servers.map(({ name }) => name)).toEqual(['front.corp.example', 'home1.corp.example'])
    expect(poolsGone).toEqual([`CN=home2.corp.example,CN=Pools,${service}`])
    const home = `CN=LC Services,CN=Microsoft,${poolsGone[0]}`
    const people = [fakePerson('ann', { 'msRTCSIP-PrimaryHomeServer': home }), fakePerson('ben')]
    const catalog = new FakeCatalog('dc1', new FakeClock(), [...after, ...people])
    expect(await usersAtHome(catalog.open(), poolsGone[0]!)).toEqual(['CN=ann,OU=People,DC=corp,DC=example'])
  })

  it('makes of a pool of other servers, under a name of its own, what is wanted', async () => {
    const pool = {
      dn: `CN=pool1,CN=Pools,${service}`,
      objectClass: ['msRTCSIP-Pool'],
      dNSHostName: 'HOME1.corp.example',
    }
    const parts = [
      { dn: service, objectClass: 'msRTCSIP-Service' },
      { dn: `CN=Global Settings,${service}`, objectClass: 'msRTCSIP-GlobalContainer' },
      { dn: `CN=Pools,${service}`, objectClass: 'msRTCSIP-Pools' },
    ]
    const { steps, read } = await published([root, ...parts, pool], topology)
    expect(steps).toContainEqual({
      ...{ step: 'modify', dn: pool.dn, replace: { 'msRTCSIP-PoolData': ['meridian.linkPort=5071'] } },
    })
    expect(read).toEqual(topology)
  })

  it('is what is read again, from any topology to any other', async () => {
    const names = ['a.test', 'b.test', 'c.test', 'd.test']
    const servers = fc.uniqueArray(
      fc.record({
        name: fc.constantFrom(...names),
        role: fc.constantFrom('home' as const, 'front-end' as const, 'both' as const),
        linkPort: fc.constantFrom(5061, 5071),
        clientUri: fc.constantFrom(null, 'sip:x.test'),
      }),
      { selector: ({ name }) => name },
    )
    const any = fc.record({
      servers: servers.map((list) => list.map(({ name, ...rest }) => server(name, rest))),
      domains: fc.uniqueArray(fc.constantFrom('one.test', 'two.test', 'three.test')),
      deniedFingerprints: fc.constantFrom<string[]>([], ['ab'.repeat(32)]),
    })
    await fc.assert(
      fc.asyncProperty(any, any, async (first, second) => {
        const { after } = await published([root], { version: 1, ...first })
        const { read, again } = await published(after, { version: 2, ...second })
        expect(read).toEqual(sorted({ version: 2, ...second }))
        expect(again).toEqual([])
      }),
      { numRuns: 200 },
    )
  })
})

it('RFC 2849: steps as records of LDIF', () => {
  expect(ldifOfStep({ step: 'add', dn: 'CN=a', values: { objectClass: ['x'], b: ['ü'] } })).toBe(
    'dn: CN=a\nchangetype: add\nobjectClass: x\nb:: w7w=\n',
  )
  expect(ldifOfStep({ step: 'remove', dn: 'CN=a' })).toBe('dn: CN=a\nchangetype: delete\n')
})
