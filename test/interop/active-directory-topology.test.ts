/**
 * One directory behind two front ends and two homes, all real processes: users whose homes the directory names sign in
 * through either front end with what one bind has given them, write to each other, and go to the other front end when
 * theirs is killed; who is disabled there is cut off at the front end, and who is given another home there is moved.
 */
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { AdminClient } from '../../src/cli/admin-client.ts'
import { SocketClient } from '../support/socket-client.ts'
import { type DomainController, directoryYaml, startDomainController } from './support/domain-controller.ts'
import { InteropTopology } from './support/topology.ts'

const testMs = 120_000
const domain = 'corp.example'
const roles = { home1: 'home', home2: 'home', front1: 'front-end', front2: 'front-end' } as const
/** As their msRTCSIP-PrimaryHomeServer says. */
const homes = { alice: 'home1', bob: 'home2' } as const
const secrets = new Map<string, string>()
let dc: DomainController
let topology: InteropTopology

beforeAll(async () => {
  dc = await startDomainController()
  const yaml = directoryYaml(dc, 'pollSeconds: 1')
  const names = { domain, suffix: domain }
  topology = await InteropTopology.start({ roles, users: {}, names, yaml })
  for (const [name, home] of Object.entries(homes)) await enrol(name, home)
}, 400_000)

afterAll(async () => {
  await topology?.stop()
  dc?.stop()
})

const adminOf = (home: string) => new AdminClient(join(topology.folder, home, 'data/admin.sock'))

/** Once the home follows him: until its links are up and it has read the directory it says `later`. */
async function enrol(name: string, home: string): Promise<void> {
  const isFollowed = async () => expect(await homesOf(name)).toEqual([home])
  await vi.waitFor(isFollowed, { timeout: 60_000, interval: 500 })
  const enrolled = await adminOf(home).devices.enrol(name, `Passw0rd!${name}`, '')
  if (!enrolled.ok) throw new Error(`${name}: ${enrolled.message}`)
  secrets.set(name, enrolled.value.secret)
}

/** Those that say that he is a user of theirs. */
async function homesOf(name: string): Promise<readonly string[]> {
  const shown = await Promise.all(
    ['home1', 'home2'].map(async (home) => [home, await adminOf(home).showUser(name)] as const),
  )
  return shown.flatMap(([home, { ok }]) => (ok ? [home] : []))
}

async function signIn(server: string, name: string): Promise<SocketClient> {
  const { host, port } = topology.server(server)
  const login = { name, password: secrets.get(name)!, domain }
  const client = await SocketClient.connect({ transport: 'tcp', host, port: port('tcp') }, login)
  expect(await client.register()).toBe(200)
  return client
}

const textsOf = (client: SocketClient) =>
  client.requests.filter(({ method }) => method === 'MESSAGE').map(({ body }) => String(body))

it(
  'users of the directory sign in through either front end, and find each other when one is killed',
  async () => {
    const [alice, bob] = [await signIn('front1', 'alice'), await signIn('front2', 'bob')]
    expect(await alice.message('bob', 'one')).toBe(200)
    expect(await bob.message('alice', 'two')).toBe(200)
    expect([textsOf(alice), textsOf(bob)]).toEqual([['two'], ['one']])
    await topology.kill('front1')
    await alice.closed
    // While she is nowhere it is kept for her; her home learns her new way as she comes.
    await expect.poll(() => bob.message('alice', 'three'), { timeout: 60_000, interval: 500 }).toBe(202)
    const again = await signIn('front2', 'alice')
    await expect.poll(() => textsOf(again), { timeout: 60_000 }).toContain('three')
    // 202 where what was stored is still on its way: it comes behind that, in order.
    expect([200, 202]).toContain(await bob.message('alice', 'four'))
    await expect.poll(() => textsOf(again).at(-1), { timeout: 60_000 }).toBe('four')
    expect(await again.message('bob', 'five')).toBe(200)
    expect(textsOf(bob)).toEqual(['one', 'five'])
    await dc.change('bob', 'replace: userAccountControl\nuserAccountControl: 514\n-\n')
    await bob.closed
    expect(await again.message('bob', 'six')).toBe(404)
    again.end()
  },
  testMs,
)

const poolOf = (home: string) =>
  `CN=LC Services,CN=Microsoft,CN=${home.replace('home', 'pool')},CN=Pools,CN=RTC Service,CN=Services,` +
  'CN=Configuration,DC=corp,DC=example'

const nameHome = (name: string, home: string) => {
  const attribute = 'msRTCSIP-PrimaryHomeServer'
  return dc.change(name, `replace: ${attribute}\n${attribute}: ${poolOf(home)}\n-\n`)
}

it(
  'whoever is given another home in the directory is moved there while people write to him, and back (§9.4)',
  async () => {
    // He had none, so he was nobody's user; his first home is no move.
    expect(await homesOf('nohome')).toEqual([])
    await nameHome('nohome', 'home2')
    await enrol('nohome', 'home2')
    const writer = await signIn('front2', 'nohome')
    const alice = await signIn('front2', 'alice')
    const sent: string[] = []
    const seen: string[][] = []
    for (const home of ['home2', 'home1']) {
      await nameHome('alice', home)
      const deadline = performance.now() + 60_000
      let isThere = false
      while (!isThere && performance.now() < deadline) {
        const text = `${home} ${sent.length}`
        const status = await writer.message('alice', text)
        // A move holds her back for at most two seconds; who is told to come again has sent nothing.
        if (status === 200 || status === 202) sent.push(text)
        else expect(status).toBe(503)
        const now = [...(await homesOf('alice'))]
        seen.push(now)
        isThere = String(now) === home
      }
      expect(await homesOf('alice')).toEqual([home])
    }
    expect(seen.filter((each) => each.length > 1)).toEqual([])
    await expect.poll(() => textsOf(alice).length, { timeout: 30_000 }).toBeGreaterThanOrEqual(sent.length)
    expect(textsOf(alice)).toEqual(sent)
    alice.end()
    writer.end()
  },
  testMs,
)
