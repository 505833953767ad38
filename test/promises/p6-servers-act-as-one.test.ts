/**
 * Promises P5 and P6 on real processes: a front end and two homes, joined by mutual TLS with certificates of one
 * authority, serve real clients as one server would; a home that is killed harms only its own users, and comes back.
 */
import { beforeAll, describe, expect, it } from 'vitest'
import { eventually } from '../support/server-process.ts'
import { bodiesOf, processesStartMs, TopologyProcesses } from '../support/topology-processes.ts'

const servers = new TopologyProcesses()

beforeAll(
  () => servers.start({ front: 'front-end', one: 'home', two: 'home' }, { alice: 'one', bob: 'two' }),
  4 * processesStartMs,
)

describe('a front end and two homes', () => {
  it('take users in and messages between them, whatever home each has', async () => {
    const alice = await servers.signIn('front', 'alice')
    const bob = await servers.signIn('front', 'bob')
    expect(await alice.message('bob', 'hello')).toBe(200)
    expect(bodiesOf(bob)).toEqual(['hello'])
    expect(await bob.message('alice', 'and back')).toBe(200)
    expect(bodiesOf(alice)).toEqual(['and back'])
    alice.end()
    bob.end()
  }, 60_000)

  it('harm only the users of a home that is killed, which has their messages when it comes back', async () => {
    const alice = await servers.signIn('front', 'alice')
    const bob = await servers.signIn('two', 'bob')
    bob.end()
    await eventually('bob is away', async () => (await alice.message('bob', 'kept')) === 202)
    await servers.kill('two')
    await eventually('the front end knows', async () => (await alice.message('bob', 'refused')) === 503)
    expect(await alice.message('alice', 'to myself')).toBeLessThan(300)
    await servers.serve('two')
    await servers.linked('two', ['front', 'one'])
    const again = await servers.signIn('front', 'bob')
    await eventually('what was kept comes', () => bodiesOf(again).includes('kept'))
    expect(bodiesOf(again)).not.toContain('refused')
    alice.end()
    again.end()
  }, 240_000)
})
