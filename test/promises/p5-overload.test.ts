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
    const pressure = { ms: 0, share: 0, delayMs: () => pressure.ms, busyShare: () => pressure.share }
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
    pressure.ms = 130
    const refused = carol.final(carol.send('REGISTER', { headers: [['Contact', `<${carol.contact}>`]] }))
    expect([refused.statusCode, refused.has(HeaderId.retryAfter)]).toEqual([503, true])
    expect(publish(bob, pidf('bob', 'here')).statusCode).toBe(200)
    expect(subscribe(alice, 'bob').statusCode).toBe(200)
    pressure.ms = 120
    expect(carol.register().statusCode).toBe(200)
  })

  it('those who are signed in refresh, and talk, while new subscriptions are refused', async () => {
    const { pressure, alice, bob } = await people()
    pressure.ms = 1_200
    expect(subscribe(alice, 'bob').statusCode).toBe(503)
    expect(publish(bob, pidf('bob', 'busy')).statusCode).toBe(503)
    expect(alice.register().statusCode).toBe(200)
    const sent = alice.send('MESSAGE', { uri: bob.aor, body: 'still here', contentType: 'text/plain' })
    expect(alice.final(sent).statusCode).toBe(200)
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
