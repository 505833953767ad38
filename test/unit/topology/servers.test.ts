/**
 * Several servers that act as one (promises P1, P2, P3 and P6): sign-in through a front end, messages between homes,
 * servers that die and come back.
 */
import { describe, expect, it } from 'vitest'
import { HeaderId } from '../../../src/sip/message/header-id.ts'
import type { Aor } from '../../../src/sip/uri/aor.ts'
import type { Rank } from '../../../src/topology/overload/loss-filter.ts'
import { rankOf } from '../../../src/topology/overload/rank-of.ts'
import { establish, signedIn as inviting, sendCancel, sendInvite, sendWithin } from '../../support/sessions.ts'
import { TopologyWorld } from '../../support/topology-world.ts'
import { WireClient } from '../../support/wire-client.ts'
import { bodiesOf, write } from '../../support/writing.ts'

const standard = {
  'front.test': { role: 'front-end', workers: 2 },
  'other.test': { role: 'front-end' },
  'one.test': { role: 'home', users: ['alice', 'carol'], workers: 2 },
  'two.test': { role: 'home', users: ['bob'], workers: 3 },
} as const

async function signedIn(): Promise<{ world: TopologyWorld; alice: WireClient; bob: WireClient }> {
  const world = await TopologyWorld.start(standard)
  const alice = new WireClient(world.server('front.test'), 'alice')
  const bob = new WireClient(world.server('other.test'), 'bob')
  expect(alice.register().statusCode).toBe(200)
  expect(bob.register().statusCode).toBe(200)
  return { world, alice, bob }
}

function bindingsOf(world: TopologyWorld, server: string, name: string) {
  const aor = `sip:${name}@example.test` as Aor
  return world.server(server).coreOf(name).services.registrar.summaries(aor)
}

describe('sign-in through a front end', () => {
  it('is challenged by the home and binds the flow of the front end there', async () => {
    const world = await TopologyWorld.start(standard)
    const alice = new WireClient(world.server('front.test'), 'alice')
    const answer = alice.register()
    expect(answer.statusCode).toBe(200)
    expect(answer.first(HeaderId.serviceRoute)).toContain('192.0.2.1:5060')
    expect(answer.first(HeaderId.path)).toMatch(/^<sip:[^@]+@192\.0\.2\.1:5060;transport=tcp;lr;ob>$/)
    expect(bindingsOf(world, 'one.test', 'alice')).toMatchObject([{ online: true }])
    expect(bindingsOf(world, 'two.test', 'alice')).toEqual([])
  })

  it('answers who is unknown like everybody who has not proved himself', async () => {
    const world = await TopologyWorld.start(standard)
    const nobody = new WireClient(world.server('front.test'), 'nobody')
    expect(nobody.register().statusCode).toBe(401)
  })

  it('leaves the binding unreachable when the flow dies', async () => {
    const { world, alice } = await signedIn()
    alice.close()
    expect(bindingsOf(world, 'one.test', 'alice')).toMatchObject([{ online: false }])
  })

  it('moves to another front end with its client', async () => {
    const { world, alice } = await signedIn()
    const { port, instance } = alice
    const again = new WireClient(world.server('other.test'), 'alice', { port, instance })
    expect(again.register().statusCode).toBe(200)
    alice.close()
    expect(bindingsOf(world, 'one.test', 'alice')).toMatchObject([{ online: true }])
  })

  it('ends at once when the account is disabled (the epoch reaches front ends)', async () => {
    const { world, alice } = await signedIn()
    world.server('one.test').admin('alice', { act: 'set-disabled', disabled: true })
    expect(alice.closedBy).toBe('edge.epoch-raised')
  })

  it('works over UDP, where each request proves itself', async () => {
    const world = await TopologyWorld.start(standard)
    const alice = new WireClient(world.server('front.test'), 'alice', { transport: 'udp' })
    const bob = new WireClient(world.server('other.test'), 'bob')
    expect(alice.register().statusCode).toBe(200)
    bob.register()
    expect(alice.message('bob', 'by datagram').statusCode).toBe(200)
    expect(write(bob, 'alice', 'back')).toBe(200)
    expect(bodiesOf(alice)).toEqual(['back'])
  })
})

describe('messages between users of two homes', () => {
  it('go from front end to home to home to front end, with the identity that the home asserts', async () => {
    const { alice, bob } = await signedIn()
    expect(write(alice, 'bob', 'hello')).toBe(200)
    const got = bob.request('MESSAGE')
    expect(String(got.body)).toBe('hello')
    expect(got.first(HeaderId.pAssertedIdentity)).toBe('<sip:alice@example.test>')
  })

  it('also between clients that are connected to their homes, and within one home', async () => {
    const world = await TopologyWorld.start(standard)
    const alice = new WireClient(world.server('one.test'), 'alice')
    const carol = new WireClient(world.server('front.test'), 'carol')
    const bob = new WireClient(world.server('two.test'), 'bob')
    for (const client of [alice, carol, bob]) expect(client.register().statusCode).toBe(200)
    expect(write(alice, 'bob', 'a')).toBe(200)
    expect(write(bob, 'carol', 'b')).toBe(200)
    expect(write(carol, 'alice', 'c')).toBe(200)
    expect([alice, bob, carol].map(bodiesOf)).toEqual([['c'], ['a'], ['b']])
  })

  it('are stored at the recipient’s home while nobody is there, and delivered when somebody comes (P1)', async () => {
    const { world, alice, bob } = await signedIn()
    bob.close()
    expect(write(alice, 'bob', 'for later')).toBe(202)
    await world.restartNow('two.test')
    const again = new WireClient(world.server('front.test'), 'bob', { instance: bob.instance, port: bob.port })
    again.register()
    world.advance(50)
    expect(bodiesOf(again)).toEqual(['for later'])
  })

  it('are answered 404 where there is no such user anywhere', async () => {
    const { alice } = await signedIn()
    expect(write(alice, 'nobody', 'hello')).toBe(404)
  })

  it('give the sender’s other devices a copy (option im-sent-copies)', async () => {
    const { world, alice } = await signedIn()
    const second = new WireClient(world.server('other.test'), 'alice')
    const headers = second.registerHeaders(3600).map(([name, value]) => {
      return [name, name === 'Supported' ? `${value}, im-sent-copies` : value] as const
    })
    const answer = second.authenticated('REGISTER', { uri: 'sip:example.test', to: second.aor, headers })
    expect(answer.statusCode).toBe(200)
    expect(write(alice, 'bob', 'hello')).toBe(200)
    expect(bodiesOf(second).join()).toContain('hello')
  })
})

describe('a home that is dead', () => {
  it('answers its own users 503 with Retry-After at once, and harms no others', async () => {
    const { world, alice, bob } = await signedIn()
    world.kill('two.test')
    const answer = alice.final(alice.send('MESSAGE', { uri: 'sip:bob@example.test', body: 'x' }))
    expect([answer.statusCode, answer.first(HeaderId.retryAfter)]).toEqual([503, '5'])
    expect(bob.final(bob.send('MESSAGE', { uri: 'sip:alice@example.test', body: 'x' })).statusCode).toBe(503)
    const carol = new WireClient(world.server('other.test'), 'carol')
    expect(carol.register().statusCode).toBe(200)
    expect(write(carol, 'alice', 'still here')).toBe(200)
  })

  it('has its users back when it comes back, over the flows that they kept', async () => {
    const { world, alice, bob } = await signedIn()
    world.kill('two.test')
    await world.restart('two.test')
    expect(write(alice, 'bob', 'welcome back')).toBe(200)
    expect(bodiesOf(bob)).toEqual(['welcome back'])
  })

  it('lets whoever waits for its answer hear so when it dies', async () => {
    const { world, alice } = await signedIn()
    world.holds = (message) => message.kind === 'deliver'
    const branch = alice.send('MESSAGE', { uri: 'sip:bob@example.test', body: 'x' })
    expect(alice.hasFinal(branch)).toBe(false)
    world.kill('two.test')
    // From here it may be the link alone (`redelivery.test.ts`).
    world.advance(5_000)
    expect(alice.final(branch).statusCode).toBe(503)
  })
})

describe('a front end that is dead', () => {
  it('leaves its users unreachable, so that messages to them are stored', async () => {
    const { world, alice, bob } = await signedIn()
    world.kill('other.test')
    expect(write(alice, 'bob', 'kept')).toBe(202)
    const again = new WireClient(world.server('front.test'), 'bob', { instance: bob.instance, port: bob.port })
    expect(again.register().statusCode).toBe(200)
    world.advance(50)
    expect(bodiesOf(again)).toEqual(['kept'])
  })

  it('knows nothing of its earlier flows when it comes back, and takes its users anew', async () => {
    const { world, alice, bob } = await signedIn()
    await world.restartNow('other.test')
    expect(write(alice, 'bob', 'kept')).toBe(202)
    expect(bodiesOf(bob)).toEqual([])
    const again = new WireClient(world.server('other.test'), 'bob', { instance: bob.instance, port: bob.port })
    again.register()
    world.advance(50)
    expect(bodiesOf(again)).toEqual(['kept'])
  })

  it('makes no difference between a link that was cut and one that was not, once it is up again', async () => {
    const { world, alice, bob } = await signedIn()
    world.cut('two.test', 'other.test')
    expect(write(alice, 'bob', 'while it was cut')).toBe(202)
    world.join('two.test', 'other.test')
    world.advance(50)
    expect(bodiesOf(bob)).toEqual(['while it was cut'])
    expect(write(alice, 'bob', 'after')).toBe(200)
  })
})

describe('sessions between users of two homes', () => {
  const ends = [
    ['front.test', 'other.test'],
    ['one.test', 'two.test'],
    ['front.test', 'two.test'],
    ['front.test', 'front.test'],
  ] as const

  for (const [near, far] of ends) {
    it(`pass by ${near} and ${far}, INVITE, ACK and in-dialog requests of both sides`, async () => {
      const world = await TopologyWorld.start(standard)
      const alice = new WireClient(world.server(near), 'alice')
      const bob = new WireClient(world.server(far), 'bob')
      inviting(alice, bob)
      const session = establish(alice, bob)
      const info = sendWithin(alice, session.caller, 'INFO')
      const received = bob.request('INFO')
      expect(received.has(HeaderId.route)).toBe(false)
      bob.respond(received, 200)
      expect(alice.final(info).statusCode).toBe(200)
      const bye = sendWithin(bob, session.callee, 'BYE')
      alice.respond(alice.request('BYE'), 200)
      expect(bob.final(bye).statusCode).toBe(200)
    })
  }

  it('are cancelled at the callee when the caller cancels', async () => {
    const { alice, bob } = await signedIn()
    bob.answerWith = null
    const branch = sendInvite(alice, 'bob')
    const invite = bob.request('INVITE')
    bob.respond(invite, 180)
    expect(sendCancel(alice, branch, invite)).toBe(200)
    bob.respond(bob.request('CANCEL'), 200)
    bob.respond(invite, 487)
    expect(alice.final(branch).statusCode).toBe(487)
  })

  const overtaken = [
    ['front.test', 'one.test'],
    ['one.test', 'two.test'],
    ['two.test', 'other.test'],
  ] as const

  for (const [near, far] of overtaken) {
    it(`are cancelled at the callee where the CANCEL overtakes the INVITE from ${near} to ${far}`, async () => {
      const { world, alice, bob } = await signedIn()
      bob.answerWith = null
      world.holds = ({ kind }, from, to) => kind === 'forward' && from === near && to === far
      const branch = sendInvite(alice, 'bob', { cseq: 7 })
      expect(bob.requests('INVITE')).toEqual([])
      alice.send('CANCEL', { uri: 'sip:bob@example.test', branch, cseq: 7 })
      // That of the CANCEL itself.
      expect(alice.final(branch).statusCode).toBe(200)
      expect(world.crossed.filter(({ message }) => message.kind === 'cancel')).not.toEqual([])
      world.release()
      const invite = bob.request('INVITE')
      bob.respond(invite, 180)
      bob.respond(bob.request('CANCEL'), 200)
      bob.respond(invite, 487)
      expect(alice.final(branch).statusCode).toBe(487)
    })
  }

  it('are cancelled at the callee when the caller’s front end dies', async () => {
    const { world, alice, bob } = await signedIn()
    bob.answerWith = null
    sendInvite(alice, 'bob')
    bob.respond(bob.request('INVITE'), 180)
    world.kill('front.test')
    expect(bob.requests('CANCEL')).toHaveLength(1)
  })
})

describe('a user who has another home than was known', () => {
  it('is found there at the first try, since the wrong home says so', async () => {
    const { world, bob, alice } = await signedIn()
    world.server('two.test').admin('bob', { act: 'remove' })
    world.advance(1000)
    // Else whoever hears of the account asks anew.
    world.holds = ({ kind }, from) => kind === 'epoch' && from === 'one.test'
    world.server('one.test').addUser('bob')
    expect(bob.closedBy).toBe('edge.epoch-raised')
    const again = new WireClient(world.server('other.test'), 'bob')
    expect(again.register().statusCode).toBe(200)
    expect(world.crossed.filter(({ message }) => message.kind === 'wrong-home')).toHaveLength(1)
    expect(write(alice, 'bob', 'at home')).toBe(200)
    expect(bodiesOf(again)).toEqual(['at home'])
  })

  it('is answered 404 by everybody once he is nobody’s', async () => {
    const { world, alice } = await signedIn()
    expect(write(alice, 'bob', 'x')).toBe(200)
    world.server('two.test').admin('bob', { act: 'remove' })
    world.advance(11_000)
    expect(write(alice, 'bob', 'x')).toBe(404)
  })
})

describe('a redirecting front end', () => {
  it('sends clients to their homes with 302, and asks challenges for none', async () => {
    const world = await TopologyWorld.start({ ...standard, 'front.test': { role: 'front-end', redirects: true } })
    const alice = new WireClient(world.server('front.test'), 'alice')
    const answer = alice.register()
    expect([answer.statusCode, answer.first(HeaderId.contact)]).toEqual([302, '<sip:one.test;transport=tls>'])
    const nobody = new WireClient(world.server('front.test'), 'nobody')
    expect(nobody.register().statusCode).toBe(302)
  })
})

describe('a home that is overloaded and has said so (RFC 7339 §5.10.2)', () => {
  const shedding = (world: TopologyWorld, to: string, given: readonly Rank[]) => {
    world.sheds = (message, _from, home) => {
      const rank = rankOf(message)
      return home === to && rank !== null && given.includes(rank) ? 4 : null
    }
  }

  it('is not asked: who would sign in is refused by the front end, and may come back later', async () => {
    const { world, alice, bob } = await signedIn()
    shedding(world, 'one.test', ['sign-in'])
    const carol = new WireClient(world.server('other.test'), 'carol')
    const before = world.crossed.length
    const refused = carol.final(carol.send('REGISTER', { headers: [['Contact', `<${carol.contact}>`]] }))
    expect([refused.statusCode, refused.reasonPhrase]).toEqual([503, 'Server Is Busy'])
    expect(refused.first(HeaderId.retryAfter)).toBe('4')
    expect(world.crossed.slice(before).filter(({ message }) => message.kind === 'request')).toEqual([])
    // Those who are signed in refresh, and talk.
    expect(alice.register().statusCode).toBe(200)
    expect([write(alice, 'bob', 'still here'), write(bob, 'alice', 'so am I')]).toEqual([200, 200])
    world.sheds = () => null
    expect(carol.register().statusCode).toBe(200)
  })

  it('gets no messages from other homes, whose senders hear so; what they have begun goes on', async () => {
    const world = await TopologyWorld.start(standard)
    const [alice, bob] = inviting(
      new WireClient(world.server('front.test'), 'alice'),
      new WireClient(world.server('other.test'), 'bob'),
    )
    const session = establish(alice, bob)
    shedding(world, 'two.test', ['sign-in', 'subscription', 'message'])
    const refused = alice.final(alice.send('MESSAGE', { uri: 'sip:bob@example.test', body: 'too much' }))
    expect([refused.statusCode, refused.first(HeaderId.retryAfter)]).toEqual([503, '4'])
    expect(bob.requests('MESSAGE')).toEqual([])
    const info = sendWithin(alice, session.caller, 'INFO')
    bob.respond(bob.request('INFO'), 200)
    expect(alice.final(info).statusCode).toBe(200)
    world.sheds = () => null
    const again = alice.send('MESSAGE', { uri: 'sip:bob@example.test', body: 'again' })
    bob.respond(bob.request('MESSAGE'), 200)
    expect(alice.final(again).statusCode).toBe(200)
  })
})
