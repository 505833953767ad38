/**
 * RFC 3261 §22 and §26: who is believed, for how long, on which flow; and what guessing costs. The arithmetic of
 * digest is in `rfc7616/`.
 */
import { describe, expect, it } from 'vitest'
import type { CoreSettings } from '../../../src/runtime/index.ts'
import { HeaderId } from '../../../src/sip/message/header-id.ts'
import { answerOf, challenged, fetchWith } from '../../support/digest-answer.ts'
import { ServerWorld } from '../../support/server-world.ts'
import { WireClient } from '../../support/wire-client.ts'

function withFailures(failuresPerMinute: number) {
  return (settings: CoreSettings): CoreSettings => {
    const limits = { ...settings.edge.limits, failuresPerMinute }
    return { ...settings, edge: { ...settings.edge, limits } }
  }
}

describe.each([1, 3])('RFC 3261 §22 with %i workers', (workers) => {
  const hour = 3_600_000

  function guess(client: WireClient, password = 'guess'): number {
    const challenge = challenged(client)
    if (challenge.statusCode !== 401) return challenge.statusCode
    const credentials = answerOf(client, challenge, { method: 'REGISTER', password })
    return fetchWith(client, credentials).statusCode
  }

  it.each(['tcp', 'tls', 'ws', 'wss'] as const)(
    '§22: a %s flow is believed after its first proof, for eight hours, then asked again',
    async (transport) => {
      const world = await ServerWorld.start({ workers })
      const alice = new WireClient(world, 'alice', { transport })
      alice.register()
      const plain = () => alice.final(alice.send('MESSAGE', { uri: 'sip:bob@example.test', body: 'x' })).statusCode
      expect(plain()).toBe(202)
      world.advance(8 * hour - 10_000)
      expect(plain()).toBe(202)
      world.advance(11_000)
      expect(plain()).toBe(407)
      expect(alice.message('bob', 'x').statusCode).toBe(202)
      expect(plain()).toBe(202)
    },
  )

  it('§22: a first request other than REGISTER proves the flow as well', async () => {
    const world = await ServerWorld.start({ workers })
    const alice = new WireClient(world, 'alice')
    expect(alice.message('bob', 'x').statusCode).toBe(202)
    expect(alice.final(alice.send('REGISTER', { uri: 'sip:example.test', to: alice.aor })).statusCode).toBe(200)
  })

  it('§22.1: on UDP each request is challenged, also after a success', async () => {
    const world = await ServerWorld.start({ workers })
    const alice = new WireClient(world, 'alice', { transport: 'udp' })
    alice.register()
    expect(challenged(alice).statusCode).toBe(401)
    expect(challenged(alice, 'MESSAGE', 'x').statusCode).toBe(407)
  })

  it('§22.3: a 407 that is answered with Authorization is accepted, as some clients do', async () => {
    const world = await ServerWorld.start({ workers })
    const alice = new WireClient(world, 'alice')
    const uri = 'sip:bob@example.test'
    const [, value] = answerOf(alice, challenged(alice, 'MESSAGE', 'x'), { method: 'MESSAGE', uri })
    const headers = [['Authorization', value] as const]
    expect(alice.final(alice.send('MESSAGE', { uri, headers, body: 'x' })).statusCode).toBe(202)
  })

  it('§22.4: From may be an alias of the account, and nobody else', async () => {
    const world = await ServerWorld.start({ workers, users: ['bob'] })
    world.addUser('alice', { aliases: ['al', 'alicia'] })
    const alice = new WireClient(world, 'alice')
    alice.register()
    const as = (name: string) => {
      const from = `<sip:${name}@example.test>;tag=${name}`
      const branch = alice.send('MESSAGE', { uri: 'sip:bob@example.test', body: 'x', from, callId: name })
      return alice.final(branch).statusCode
    }
    expect(['alice', 'al', 'alicia'].map(as)).toEqual([202, 202, 202])
    expect(as('bob')).toBe(407)
    expect(as('nobody')).toBe(407)
  })

  it('§22.4: with the own password nobody speaks as somebody else: 403, or another challenge', async () => {
    const world = await ServerWorld.start({ workers })
    const alice = new WireClient(world, 'alice', { transport: 'udp' })
    const uri = 'sip:alice@example.test'
    const from = '<sip:bob@example.test>;tag=x'
    const challenge = alice.final(alice.send('MESSAGE', { uri, from, body: 'x' }))
    const headers = [answerOf(alice, challenge, { method: 'MESSAGE', uri })]
    const answer = alice.final(alice.send('MESSAGE', { uri, from, body: 'x', headers })).statusCode
    expect([403, 407]).toContain(answer)
  })

  it('§22.4: a user signs in under an alias with the account name, whatever shard the alias is of', async () => {
    const world = await ServerWorld.start({ workers, users: ['bob'] })
    world.addUser('alice', { aliases: ['a1', 'a2', 'a3', 'a4', 'a5'] })
    for (const name of ['a1', 'a2', 'a3', 'a4', 'a5']) {
      const alice = new WireClient(world, 'alice')
      const from = `<sip:${name}@example.test>;tag=${name}`
      expect(alice.register(600, { to: `sip:${name}@example.test`, from }).statusCode, name).toBe(200)
      const bob = new WireClient(world, 'bob')
      bob.register()
      expect(bob.message(name, 'hi', { callId: name }).statusCode).toBe(200)
      expect(alice.requests('MESSAGE')).toHaveLength(1)
      alice.close()
    }
  })

  it('three wrong answers on a stream: the third gets 403, and nothing more is believed there', async () => {
    const world = await ServerWorld.start({ workers })
    const client = new WireClient(world, 'alice')
    expect([guess(client), guess(client), guess(client)]).toEqual([401, 401, 403])
    expect(guess(client, 'secret of alice')).toBe(403)
    expect(new WireClient(world, 'alice').register().statusCode).toBe(200)
  })

  it('a success forgives the own failures before it: mistyping now and then locks nobody out', async () => {
    const world = await ServerWorld.start({ workers })
    const client = new WireClient(world, 'alice')
    for (let day = 0; day < 3; day++) {
      expect([guess(client), guess(client), guess(client, 'secret of alice')]).toEqual([401, 401, 200])
      world.advance(9 * hour)
    }
  })

  it('promise P4: who has signed in cannot guess others’ passwords on that flow, and stays signed in', async () => {
    const world = await ServerWorld.start({ workers })
    const mallory = new WireClient(world, 'bob')
    mallory.register()
    const asAlice = (password: string) => {
      const parts = { uri: 'sip:example.test', to: 'sip:alice@example.test', from: '<sip:alice@example.test>;tag=m' }
      const challenge = mallory.final(mallory.send('REGISTER', parts))
      if (challenge.statusCode !== 401) return challenge.statusCode
      const credentials = answerOf(mallory, challenge, { method: 'REGISTER', username: 'alice', password })
      return mallory.final(mallory.send('REGISTER', { ...parts, headers: [credentials] })).statusCode
    }
    expect(['a', 'b'].map(asAlice)).toEqual([401, 401])
    expect(mallory.register().statusCode).toBe(200)
    expect(['c', 'secret of alice'].map(asAlice)).toEqual([403, 403])
    expect(mallory.message('alice', 'still me').statusCode).toBe(202)
  })

  it('promise P4: a source that goes on guessing is answered late, then banned; signed-in flows go on', async () => {
    const world = await ServerWorld.start({ workers: 1, change: withFailures(6) })
    const insider = new WireClient(world, 'bob')
    const udpInsider = new WireClient(world, 'bob', { transport: 'udp' })
    insider.register()
    udpInsider.register()
    const delays = Array.from({ length: 6 }, () => {
      const client = new WireClient(world, 'alice')
      const challenge = challenged(client)
      const headers = [answerOf(client, challenge, { method: 'REGISTER', password: 'guess' })]
      const branch = client.send('REGISTER', { uri: 'sip:example.test', to: client.aor, headers })
      const startMs = world.clock.nowMs
      while (!client.hasFinal(branch) && world.clock.nowMs < startMs + 5_000) world.advance(50)
      return world.clock.nowMs - startMs
    })
    expect(delays).toEqual([0, 0, 0, 250, 500, 1_000])
    const banned = challenged(new WireClient(world, 'alice'))
    expect([banned.statusCode, banned.first(HeaderId.retryAfter)]).toEqual([503, '60'])
    expect(insider.message('alice', 'x').statusCode).toBe(202)
    expect(udpInsider.message('alice', 'x').statusCode).toBe(202)
    expect(challenged(new WireClient(world, 'alice', { address: '192.0.2.99' })).statusCode).toBe(401)
    world.advance(60_000)
    expect(new WireClient(world, 'alice').register().statusCode).toBe(200)
  })

  it('the work for unknown users, unknown names and wrong passwords is the same, and so are the answers', async () => {
    let macs = 0
    const seals = (usual: Parameters<NonNullable<Parameters<typeof ServerWorld.start>[0]>['seals'] & object>[0]) => ({
      seal: usual.seal.bind(usual),
      open: usual.open.bind(usual),
      mac: (purpose: string, text: string) => {
        macs++
        return usual.mac(purpose, text)
      },
    })
    const world = await ServerWorld.start({ workers, seals })
    const workFor = (name: string, username: string) => {
      const client = new WireClient(world, name, { password: 'guess' })
      const challenge = challenged(client)
      const before = macs
      const answer = fetchWith(client, answerOf(client, challenge, { method: 'REGISTER', username }))
      return {
        status: answer.statusCode,
        headers: answer.headersCount,
        macs: macs - before,
      }
    }
    const known = workFor('alice', 'alice')
    expect(known.status).toBe(401)
    expect(workFor('zelda', 'zelda')).toEqual(known)
    expect(workFor('alice', 'zelda')).toEqual(known)
  })
})
