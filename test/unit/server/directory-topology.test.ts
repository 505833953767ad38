/**
 * The list of servers from the directory, kept as topology.file; and whose home is which of them.
 */
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Catalogs, type DirectoryTopology, type DirectoryUser, dnKey } from '../../../src/directory/index.ts'
import type { Topology } from '../../../src/ports/topology.ts'
import { DirectoryHomes } from '../../../src/server/directory-homes.ts'
import { DirectoryTopologyFile } from '../../../src/server/directory-topology-file.ts'
import { parseTopology } from '../../../src/topology/index.ts'
import { dataFolders } from '../../support/data-folder.ts'
import { FakeCatalog, FakeClock, fakePorts } from '../../support/fake-catalogs.ts'

const newFolder = dataFolders()
const pool1 = 'CN=pool1,CN=Pools,CN=RTC Service,CN=Services,CN=Configuration,DC=corp,DC=example'

const server = (name: string) => {
  return { name, role: 'home', linkHost: name, linkPort: 5061, clientUri: null } as const
}
const topology: Topology = {
  version: 1,
  domains: ['corp.example'],
  servers: [server('home1.corp.example'), server('home2.corp.example')],
  deniedFingerprints: ['ab'.repeat(32)],
}
const read = (change: Partial<Topology>): DirectoryTopology => {
  return { topology: { ...topology, ...change }, homes: new Map(), otherTrusted: [], faults: [] }
}

function kept() {
  const folder = newFolder()
  mkdirSync(folder)
  const path = join(folder, 'topology.yaml')
  const logged: string[] = []
  const file = new DirectoryTopologyFile(path, { write: (_, event) => void logged.push(event) })
  const now = () => {
    const parsed = parseTopology(readFileSync(path, 'utf8'), path)
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors))
    return parsed.topology
  }
  return { path, file, logged, now }
}

test('the file says what the directory says, and its version rises with what changes', () => {
  const { file, now } = kept()
  file.put(read({}))
  expect(now()).toEqual(topology)
  file.put(read({}))
  expect(now().version).toBe(1)
  file.put(read({ servers: [server('home1.corp.example')] }))
  expect(now()).toMatchObject({ version: 2, servers: [{ name: 'home1.corp.example' }] })
  file.put(read({ servers: [server('home1.corp.example')], version: 9 }))
  expect(now().version).toBe(9)
})

test('a list that makes no sense leaves the one before, and is told once', () => {
  const { path, file, logged, now } = kept()
  file.put(read({ servers: [] }))
  expect(existsSync(path)).toBe(false)
  file.put(read({}))
  const twice = { ...server('home1.corp.example'), linkPort: 1 }
  file.put(read({ servers: [...topology.servers, twice], version: 2 }))
  file.put(read({ servers: [...topology.servers, twice], version: 2 }))
  expect(now().version).toBe(1)
  expect(logged).toEqual(['directory.topology-wrong', 'directory.topology-wrong'])
})

async function homes(ownName: string | null) {
  const clock = new FakeClock()
  const catalog = new FakeCatalog('dc1', clock, [
    { dn: '', configurationNamingContext: 'CN=Configuration,DC=corp,DC=example' },
    { dn: pool1, objectClass: ['msRTCSIP-Pool'], dNSHostName: 'HOME1.corp.example' },
  ])
  const ports = fakePorts(clock, [catalog])
  const server = { host: 'dc1', port: 3269, site: 'here', priority: 0 }
  const account = { name: 'svc', password: 'x' }
  const catalogs = new Catalogs(ports, { servers: [server], site: 'here', slowMs: 1000, account })
  const found = new DirectoryHomes(catalogs, ports.log, { ownName, pollMs: 1000 })
  await found.read()
  return { found, catalog, ports }
}

const user = (home: DirectoryUser['home']) => ({ home }) as DirectoryUser

test('a home is here, on another server, or nowhere: not set, deleted, not in the topology', async () => {
  const { found } = await homes('home1.corp.example')
  expect(found.homeOf(user({ dn: pool1.toUpperCase() }))).toBe('here')
  expect(found.homeOf(user({ dn: `CN=LC Services,CN=Microsoft,${pool1}` }))).toBe('here')
  for (const home of ['none', 'deleted', { dn: 'CN=pool9' }] as const) {
    expect(found.homeOf(user(home))).toMatchObject({ nowhere: expect.any(String) })
  }
  const other = await homes('home2.corp.example')
  expect(other.found.homeOf(user({ dn: pool1 }))).toEqual({ server: 'home1.corp.example' })
  expect(dnKey(pool1)).toContain('cn=pool1')
})

test('alone, a server is home of all; what was known stays while no catalog answers', async () => {
  expect((await homes(null)).found.homeOf(user('none'))).toBe('here')
  const { found, catalog, ports } = await homes('home1.corp.example')
  catalog.mode = 'gone'
  expect(await found.read()).toBe(null)
  expect(found.homeOf(user({ dn: pool1 }))).toBe('here')
  expect(ports.events.map(({ event }) => event)).toContain('directory.topology-not-read')
})
