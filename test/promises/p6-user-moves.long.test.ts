/**
 * Promises P1 and P6 on real processes: a user is moved between two homes while somebody writes to him all the time,
 * by the command; then again with a home killed in the midst of it. He has one home in the end, and every message
 * that was acknowledged arrives, in order.
 */
import { beforeAll, describe, expect, it } from 'vitest'
import { connectAdmin } from '../../src/cli/admin-client.ts'
import { eventually } from '../support/server-process.ts'
import type { SocketClient } from '../support/socket-client.ts'
import { bodiesOf, processesStartMs, TopologyProcesses } from '../support/topology-processes.ts'

const servers = new TopologyProcesses()

beforeAll(
  () => servers.start({ front: 'front-end', one: 'home', two: 'home' }, { alice: 'one', bob: 'two' }),
  4 * processesStartMs,
)

/** Writes without pause until told to stop; gives what was acknowledged. */
function writing(from: SocketClient, to: string, word: string): { stop(): Promise<readonly string[]> } {
  let isOver = false
  const acknowledged: string[] = []
  const work = async () => {
    for (let count = 0; !isOver; count++) {
      const body = `${word} ${count}`
      if ((await from.message(to, body)) < 300) acknowledged.push(body)
      else await new Promise((resolve) => setTimeout(resolve, 20))
    }
    return acknowledged
  }
  const done = work()
  return {
    stop: () => {
      isOver = true
      return done
    },
  }
}

async function admin(server: string) {
  const client = await connectAdmin(servers.adminSocket(server))
  if (!client) throw new Error(`${server} has no admin socket`)
  return client
}

async function homesOf(user: string): Promise<string[]> {
  const shown = await Promise.all(
    ['one', 'two'].map(async (name) => ({ name, ...(await (await admin(name)).showUser(user)) })),
  )
  return shown.flatMap(({ name, ok }) => (ok ? [name] : []))
}

/** Those of this word, each once. */
function arrived(client: SocketClient, word: string): string[] {
  return [...new Set(bodiesOf(client))].filter((body) => body.startsWith(`${word} `))
}

describe('a user who is moved between processes', () => {
  it('gets every message once and in order, and answers from the new home', async () => {
    const alice = await servers.signIn('front', 'alice')
    const bob = await servers.signIn('front', 'bob')
    const stream = writing(bob, 'alice', 'during')
    const said = await servers.command('user', 'move', 'alice', '--to', 'two.example.net', '-c', 'one.yaml')
    expect(said).toMatch(/moved sip:alice@example\.test from one\.example\.net to two\.example\.net: \d+ records/)
    const acknowledged = await stream.stop()
    await eventually('all have come', () => bodiesOf(alice).length >= acknowledged.length)
    expect(bodiesOf(alice)).toEqual(acknowledged)
    expect(await homesOf('alice')).toEqual(['two'])
    expect(await alice.register()).toBe(200)
    expect(await alice.message('bob', 'from there')).toBe(200)
    alice.end()
    bob.end()
  }, 120_000)

  for (const [victim, delayMs] of [
    ['two', 4],
    ['one', 9],
  ] as const) {
    it(`has one home and all that was acknowledged when ${victim} is killed in the midst of it`, async () => {
      const [from] = await homesOf('alice')
      const to = from === 'one' ? 'two' : 'one'
      const bob = await servers.signIn('front', 'bob')
      const word = `while ${victim} dies`
      const stream = writing(bob, 'alice', word)
      await new Promise((resolve) => setTimeout(resolve, 200))
      const moving = (await admin(from!)).homes.move('alice', `${to}.example.net`)
      await new Promise((resolve) => setTimeout(resolve, delayMs))
      await servers.kill(victim)
      const reply = await moving
      await servers.serve(victim)
      await servers.linked(victim, ['front', victim === 'one' ? 'two' : 'one'])
      await eventually('one home has her', async () => (await homesOf('alice')).length === 1, processesStartMs)
      const acknowledged = await stream.stop()
      if (reply.ok) expect(await homesOf('alice')).toEqual([to])
      const alice = await servers.signIn('front', 'alice')
      await eventually('all have come', () => acknowledged.every((body) => bodiesOf(alice).includes(body)))
      expect(arrived(alice, word).filter((body) => acknowledged.includes(body))).toEqual(acknowledged)
      alice.end()
      bob.end()
    }, 240_000)
  }
})
