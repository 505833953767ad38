/**
 * P8: an administrator sees how the links of a server are, `meridian topology links`, and `meridian doctor` says which
 * is down. Two real processes, a home and a front end, of which one is killed.
 */
import { beforeAll, expect, it } from 'vitest'
import type { ShownLinks } from '../../src/admin/index.ts'
import type { Finding } from '../../src/doctor/index.ts'
import { eventually } from '../support/server-process.ts'
import { processesStartMs, TopologyProcesses } from '../support/topology-processes.ts'

const testMs = 180_000
const servers = new TopologyProcesses()

beforeAll(async () => {
  await servers.start({ home1: 'home', front1: 'front-end' }, { ida: 'home1' })
}, processesStartMs * 2)

async function json<Value>(...argv: string[]) {
  const { code, said } = await servers.tried(...argv, '--json')
  return { code, said, result: (JSON.parse(said) as { result: Value }).result }
}

const linksOf = (name: string) => json<ShownLinks>('topology', 'links', '-c', `${name}.yaml`)

async function doctorOf(name: string) {
  const { code, result } = await json<{ findings: readonly Finding[] }>('doctor', '-c', `${name}.yaml`)
  const ofLinks = result.findings.filter(({ check }) => check === 'links')
  return { code, ofLinks, bad: ofLinks.filter(({ level }) => level !== 'right').map(({ reason }) => reason) }
}

it('shows each link with peer, certificate, traffic and what waits', { timeout: testMs }, async () => {
  const device = await servers.signIn('front1', 'ida')
  const { result } = await linksOf('home1')
  expect(result.own).toBe('home1.example.net')
  expect(result.links.map(({ peer, role, worker, state }) => [peer, role, worker, state])).toEqual(
    [0, 1].map((worker) => ['front1.example.net', 'front-end', worker, 'up']),
  )
  for (const link of result.links) {
    expect(link.certificate?.names).toContain('front1.example.net')
    expect(link.certificate?.daysLeft).toBeGreaterThan(1)
    expect(link).toMatchObject({ lastFault: null, waiting: 0, remoteAddresses: ['127.0.0.1'] })
    expect(Math.abs(link.clockAheadMs ?? Number.NaN)).toBeLessThan(60_000)
  }
  const sum = (of: (link: ShownLinks['links'][number]) => number) =>
    result.links.reduce((all, each) => all + of(each), 0)
  // The sign-in came over one of them, and was answered.
  expect(sum(({ received }) => received.messages)).toBeGreaterThan(0)
  expect(sum(({ sent }) => sent.messages)).toBeGreaterThan(0)
  expect(sum(({ sent }) => sent.bytes)).toBeGreaterThan(0)
  device.end()
})

it('the doctor reaches the other server, and finds every link up', { timeout: testMs }, async () => {
  const { ofLinks, bad } = await doctorOf('home1')
  expect(bad.filter((reason) => !reason.includes('loopback'))).toEqual([])
  expect(ofLinks.map(({ reason }) => reason).join('\n')).toMatch(/front1\.example\.net is reached.*\n.*worker 0.*is up/)
})

it('says why a link is down when that server is gone', { timeout: testMs }, async () => {
  await servers.kill('front1')
  await eventually('links are down', async () =>
    (await linksOf('home1')).result.links.every((each) => each.state === 'down'),
  )
  const { code, said } = await servers.tried('topology', 'links', '-c', 'home1.yaml')
  expect(code).toBe(2)
  expect(said).toMatch(/front1\.example\.net +front-end +0 +down +- +-/)
  expect(said).toMatch(/front1\.example\.net: the link of worker 1 is down: /)
  const examined = await doctorOf('home1')
  expect(examined.code).toBe(1)
  expect(examined.bad.join('\n')).toMatch(/not reached at .*nobody listens there[\s\S]*worker 0 to .* is down/)
})

it('needs a running server', { timeout: testMs }, async () => {
  const { code, said } = await servers.tried('topology', 'links', '-c', 'front1.yaml')
  expect([code, said]).toEqual([1, expect.stringContaining('only a running one has links')])
})
