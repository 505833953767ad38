/**
 * Whom a directory may know and could not be asked for: 404 would say that there is nobody, so whoever writes to him is
 * told to come back (RFC 3261 §21.5.4); on one server and on several. Whoever is denied is nobody, as ever.
 */
import { describe, expect, it } from 'vitest'
import type { DirectoryAnswerMessage } from '../../../src/ports/directory-bus.ts'
import { HeaderId } from '../../../src/sip/message/header-id.ts'
import { ServerWorld } from '../../support/server-world.ts'
import { TopologyWorld } from '../../support/topology-world.ts'
import { WireClient } from '../../support/wire-client.ts'
import { write } from '../../support/writing.ts'

type Outcome = DirectoryAnswerMessage['outcome']

describe('a message to somebody whom the directory could not look up', () => {
  async function alone() {
    const directory = { says: 'unsure' as Outcome }
    const world = await ServerWorld.start({ users: ['alice'], answerUser: () => directory.says })
    const alice = new WireClient(world, 'alice')
    expect(alice.register().statusCode).toBe(200)
    return { world, alice, directory }
  }

  it('is answered 503 with Retry-After, and 404 once the directory says that he is nobody', async () => {
    const { alice, directory } = await alone()
    const refused = alice.final(alice.send('MESSAGE', { uri: 'sip:dora@example.test', body: 'x' }))
    expect(refused.statusCode).toBe(503)
    expect(Number(refused.first(HeaderId.retryAfter))).toBeGreaterThan(0)
    directory.says = 'nobody'
    expect(write(alice, 'dora', 'x')).toBe(404)
  })

  it('nor is a call answered 404', async () => {
    const { alice } = await alone()
    const called = alice.send('INVITE', { uri: 'sip:dora@example.test' })
    expect(alice.final(called).statusCode).toBe(503)
  })

  it('is delivered where he has become an account meanwhile', async () => {
    const { world, alice } = await alone()
    world.addUser('dora')
    expect(write(alice, 'dora', 'x')).toBe(202)
  })

  it('whoever wants to sign in learns nothing by it: a stranger is challenged as a user is', async () => {
    const { world } = await alone()
    const [bare, stranger] = ['alice', 'stranger'].map((name) => {
      const client = new WireClient(world, name)
      return client.final(client.send('REGISTER', { uri: 'sip:example.test', to: client.aor })).statusCode
    })
    expect(stranger).toBe(bare)
  })

  it.each(['one.test', 'two.test'])('among several servers too, where no home has him (%s)', async (server) => {
    const directory = { says: 'unsure' as Outcome }
    const roles = {
      'one.test': { role: 'home', users: ['alice'] },
      'two.test': { role: 'home', users: ['bob'], workers: 2 },
    } as const
    const homeByDirectory = () => ({ outcome: 'unsure', server: null }) as const
    const world = await TopologyWorld.start(roles, homeByDirectory, () => directory.says)
    const writer = new WireClient(world.server(server), server === 'one.test' ? 'alice' : 'bob')
    expect(writer.register().statusCode).toBe(200)
    expect(write(writer, server === 'one.test' ? 'bob' : 'alice', 'x')).toBe(202)
    expect([write(writer, 'dora', 'x'), write(writer, 'dora', 'x')]).toEqual([503, 503])
    directory.says = 'nobody'
    expect(write(writer, 'dora', 'x')).toBe(404)
  })
})
