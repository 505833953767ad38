/**
 * A worker that is behind refuses new work in order of its worth, with 503 and a Retry-After that spreads (RFC 3261
 * §21.5.4), keeps what it has promised, and gathers changes for longer (RFC 6446 §3).
 */
import { describe, expect, it } from 'vitest'
import { HeaderId } from '../../src/sip/message/header-id.ts'
import type { Aor } from '../../src/sip/uri/aor.ts'
import { ServerWorld } from '../support/server-world.ts'
import { pidf, publish, refresh, subscribe, told } from '../support/watching.ts'
import { WireClient } from '../support/wire-client.ts'

describe.each([1, 3])('overload, with %i workers', (workers) => {
  async function people() {
    const pressure = {
      ms: 0,
      share: 0,
      waiting: 0,
      memory: 0,
      delayMs: () => pressure.ms,
      busyShare: () => pressure.share,
      waitingCount: () => pressure.waiting,
      memoryShare: () => pressure.memory,
    }
    const world = await ServerWorld.start({ workers, users: ['alice', 'bob', 'carol'], pressure })
    const [alice, bob] = ['alice', 'bob'].map((name) => new WireClient(world, name)) as [WireClient, WireClient]
    for (const client of [alice, bob]) client.register()
    return { world, pressure, alice, bob }
  }

  it('who is not signed in yet is refused first, and may come later', async () => {
    const { world, pressure } = await people()
    const carol = new WireClient(world, 'carol')
    pressure.ms = 600
    const refused = carol.final(carol.send('REGISTER', { headers: [['Contact', `<${carol.contact}>`]] }))
    expect([refused.statusCode, refused.reasonPhrase]).toEqual([503, 'Server Is Busy'])
    const seconds = Number(refused.first(HeaderId.retryAfter))
    expect(seconds).toBeGreaterThanOrEqual(2)
    expect(seconds).toBeLessThanOrEqual(10)
    pressure.ms = 0
    expect(carol.register().statusCode).toBe(200)
  })

  it('who would sign in is refused long before those who are signed in feel anything', async () => {
    const { world, pressure, alice, bob } = await people()
    const carol = new WireClient(world, 'carol')
    pressure.ms = 120
    expect(new WireClient(world, 'carol').register().statusCode).toBe(200)
    pressure.ms = 130
    const refused = carol.final(carol.send('REGISTER', { headers: [['Contact', `<${carol.contact}>`]] }))
    expect([refused.statusCode, refused.has(HeaderId.retryAfter)]).toEqual([503, true])
    expect(publish(bob, pidf('bob', 'here')).statusCode).toBe(200)
    expect(subscribe(alice, 'bob').statusCode).toBe(200)
  })

  it('those who are signed in refresh, publish and talk, while new subscriptions are refused', async () => {
    const { pressure, alice, bob } = await people()
    pressure.ms = 1_200
    expect(subscribe(alice, 'bob').statusCode).toBe(503)
    expect(publish(bob, pidf('bob', 'busy')).statusCode).toBe(200)
    expect(alice.register().statusCode).toBe(200)
    const sent = alice.send('MESSAGE', { uri: bob.aor, body: 'still here', contentType: 'text/plain' })
    expect(alice.final(sent).statusCode).toBe(200)
  })

  it('messages to people who are away, and publications, are refused before those to people there', async () => {
    const { world, pressure, alice, bob } = await people()
    pressure.ms = 1_600
    const say = (to: string, body: string, contentType = 'text/plain') =>
      alice.final(alice.send('MESSAGE', { uri: `sip:${to}@example.test`, body, contentType }))
    const refused = say('carol', 'for later')
    expect([refused.statusCode, refused.reasonPhrase, refused.has(HeaderId.retryAfter)]).toEqual([
      503,
      'Server Is Busy',
      true,
    ])
    expect(publish(bob, pidf('bob', 'busy')).statusCode).toBe(503)
    expect(say('bob', 'hello').statusCode).toBe(200)
    expect(world.admin('carol', { act: 'show' })).toMatchObject({ ok: true, mailboxMessages: 0 })
    pressure.ms = 0
    expect(say('carol', 'for later').statusCode).toBe(202)
  })

  it('who is politely blocked hears what is said of people who are away, and nothing else', async () => {
    const { world, pressure, alice, bob } = await people()
    world.policy('bob', { act: 'set-user-rule', rule: 'polite-block', watchers: [alice.aor as Aor] })
    const say = () => alice.final(alice.send('MESSAGE', { uri: bob.aor, body: 'hello', contentType: 'text/plain' }))
    pressure.ms = 1_600
    expect(say().statusCode).toBe(503)
    pressure.ms = 0
    expect(say().statusCode).toBe(202)
  })

  it('a refusal of a message to somebody away is no promise: sent again later it arrives, once', async () => {
    const { world, pressure, alice } = await people()
    pressure.ms = 1_600
    const parts = { uri: 'sip:carol@example.test', body: 'again', contentType: 'text/plain', callId: 'again' }
    expect(alice.final(alice.send('MESSAGE', parts)).statusCode).toBe(503)
    pressure.ms = 0
    expect(alice.final(alice.send('MESSAGE', parts)).statusCode).toBe(202)
    const carol = new WireClient(world, 'carol')
    carol.register()
    world.advance(1_000)
    expect(carol.requests('MESSAGE').length).toBe(1)
  })

  describe.each([
    ['too much waits', 'waiting', [5_000, 10_000, 15_000, 20_000]],
    ['memory is short', 'memory', [0.7, 0.8, 0.85, 0.95]],
  ] as const)('%s', (_, what, [signIns, subscriptions, later, anything]) => {
    it('the order is the same, and what belongs to a dialog is never refused', async () => {
      const { world, pressure, alice, bob } = await people()
      const made = subscribe(alice, 'bob')
      const carol = new WireClient(world, 'carol')
      const seen = () => {
        const say = (name: string) =>
          alice.final(alice.send('MESSAGE', { uri: `sip:${name}@example.test`, body: 'hello' })).statusCode
        const signIn = carol.final(carol.send('REGISTER', { headers: [['Contact', `<${carol.contact}>`]] })).statusCode
        const { statusCode } = subscribe(alice, 'carol')
        return [signIn, statusCode, publish(bob, pidf('bob', 'here')).statusCode, say('carol'), say('bob')]
      }
      pressure[what] = signIns * 0.99
      expect(seen()).toEqual([401, 200, 200, 202, 200])
      pressure[what] = signIns
      expect(seen()).toEqual([503, 200, 200, 202, 200])
      pressure[what] = subscriptions
      expect(seen()).toEqual([503, 503, 200, 202, 200])
      pressure[what] = later
      expect(seen()).toEqual([503, 503, 503, 503, 200])
      pressure[what] = anything
      expect(seen()).toEqual([503, 503, 503, 503, 503])
      world.advance(10_000)
      expect(refresh(alice, made).statusCode).toBe(200)
    })
  })

  it('whoever is refused is asked to come back at another moment than the others', async () => {
    const { world, pressure } = await people()
    pressure.ms = 1_200
    const seconds = Array.from({ length: 40 }, (_, index) => {
      const carol = new WireClient(world, 'carol', { address: `192.0.2.${index + 100}` })
      const refused = carol.final(carol.send('REGISTER', { headers: [['Contact', `<${carol.contact}>`]] }))
      return Number(refused.first(HeaderId.retryAfter))
    })
    expect(Math.min(...seconds)).toBeGreaterThanOrEqual(3)
    expect(Math.max(...seconds)).toBeLessThanOrEqual(10)
    expect(new Set(seconds).size).toBeGreaterThan(4)
  })

  it('messages are refused last; what belongs to a dialog never', async () => {
    const { world, pressure, alice, bob } = await people()
    const made = subscribe(alice, 'bob')
    pressure.ms = 5_000
    const sent = alice.send('MESSAGE', { uri: bob.aor, body: 'too much', contentType: 'text/plain' })
    expect(alice.final(sent).statusCode).toBe(503)
    world.advance(10_000)
    expect(refresh(alice, made).statusCode).toBe(200)
  })

  it('changes of presence are gathered for longer, and the last one is told', async () => {
    const { world, pressure, alice, bob } = await people()
    subscribe(alice, 'bob')
    world.advance(10_000)
    told(alice)
    pressure.ms = 300
    for (const note of ['one', 'two', 'three', 'four']) {
      publish(bob, pidf('bob', note))
      world.advance(500)
    }
    world.advance(10_000)
    expect(told(alice).filter((each) => /one|two|three|four/.test(each))).toEqual(['active one', 'active four'])
  })

  it('a worker with little time left tells changes of two seconds as one, the newest', async () => {
    const { world, pressure, alice, bob } = await people()
    subscribe(alice, 'bob')
    world.advance(10_000)
    pressure.share = 1
    for (const note of ['one', 'two', 'three']) {
      publish(bob, pidf('bob', note))
      world.advance(600)
    }
    expect(told(alice).filter((each) => /one|two|three/.test(each))).toEqual([])
    world.advance(300)
    expect(told(alice).filter((each) => /one|two|three/.test(each))).toEqual(['active three'])
    world.advance(10_000)
    pressure.share = 0.5
    publish(bob, pidf('bob', 'at once'))
    expect(told(alice).at(-1)).toBe('active at once')
  })

  it('a new subscription is told its state at once, and a block, however little time is left', async () => {
    const { world, pressure, alice, bob } = await people()
    publish(bob, pidf('bob', 'here'))
    pressure.share = 1
    subscribe(alice, 'bob')
    expect(told(alice)).toEqual(['active here'])
    publish(bob, pidf('bob', 'secret'))
    world.policy('bob', { act: 'set-user-rule', rule: 'block', watchers: [alice.aor as Aor] })
    expect(told(alice).at(-1)).toMatch(/^terminated/)
    world.advance(10_000)
    expect(told(alice).join()).not.toContain('secret')
  })
})
