/**
 * RFC 6665 §3.1, §4.1.2, §4.6: what a SUBSCRIBE may say, and what is made of it.
 */
import { describe, expect, it } from 'vitest'
import { ServerWorld } from '../../support/server-world.ts'
import { pidf, publish, refresh, subscribe, told } from '../../support/watching.ts'
import { WireClient } from '../../support/wire-client.ts'

async function people() {
  const world = await ServerWorld.start({ workers: 1 })
  const [alice, bob] = [new WireClient(world, 'alice'), new WireClient(world, 'bob')]
  alice.register()
  bob.register()
  const ask = (headers: readonly (readonly [string, string])[], branch?: string) => {
    const parts = { uri: bob.aor, callId: `ask-${branch ?? headers.length}`, headers }
    return alice.final(alice.send('SUBSCRIBE', { ...parts, ...(branch !== undefined && { branch }) }))
  }
  return { world, alice, bob, ask }
}

describe('RFC 6665 §3.1 SUBSCRIBE', () => {
  it('RFC 3856 §6.3: without Expires an hour is granted, and the NOTIFY says what is left', async () => {
    const { world, alice, bob, ask } = await people()
    const answer = ask([
      ['Event', 'presence'],
      ['Contact', `<${alice.contact}>`],
    ])
    expect([answer.statusCode, answer.named('Expires')]).toEqual([200, '3600'])
    expect(alice.requests('NOTIFY')[0]!.named('Subscription-State')).toBe('active;expires=3600')
    world.advance(10_000)
    publish(bob, pidf('bob', 'later'))
    expect(alice.requests('NOTIFY')[1]!.named('Subscription-State')).toBe('active;expires=3590')
  })

  it.each([
    ['application/cpim-pidf+xml', 406],
    ['text/*, image/png', 406],
    ['text/plain, application/pidf+xml;q=0.1', 200],
    ['application/*', 200],
    ['*/*', 200],
  ])('§3.1.3: Accept: %s is answered %i, and a refusal leaves nothing', async (accept, status) => {
    const { world, alice, bob } = await people()
    const answer = subscribe(alice, 'bob', { headers: [['Accept', accept]] })
    expect(answer.statusCode).toBe(status)
    world.advance(1_000)
    publish(bob, pidf('bob', 'news'))
    world.advance(1_000)
    expect(told(alice)).toEqual(status === 200 ? ['active open', 'active news'] : [])
  })

  it('§3.1.3: a refresh that accepts nothing of it is 406 too, and what stands goes on', async () => {
    const { world, alice, bob } = await people()
    const made = subscribe(alice, 'bob')
    world.advance(1_000)
    expect(refresh(alice, made, { headers: [['Accept', 'text/plain']] }).statusCode).toBe(406)
    publish(bob, pidf('bob', 'news'))
    world.advance(1_000)
    expect(told(alice)).toEqual(['active open', 'active news'])
  })

  it.each([
    ['Event', [], 489],
    ['Contact', [['Event', 'presence']], 400],
  ] as const)('§4.2.1: without %s it is refused, and counted', async (what, headers, status) => {
    const { world, ask } = await people()
    const answer = ask(headers)
    expect([answer.statusCode, answer.named('Allow-Events') !== null]).toEqual([status, status === 489])
    const reason = `events.no-${what.toLowerCase()}`
    expect(world.metric('meridian_subscriptions_refused_total', { reason })).toMatchObject({ value: 1 })
  })

  it('§4.1.2.3: an end is granted as 0, told with the state by a last NOTIFY, and nothing follows', async () => {
    const { world, alice, bob } = await people()
    const made = subscribe(alice, 'bob')
    world.advance(1_000)
    expect(refresh(alice, made, { expires: 0 }).named('Expires')).toBe('0')
    publish(bob, pidf('bob', 'unheard'))
    world.advance(60_000)
    expect(told(alice)).toEqual(['active open', 'terminated;reason=timeout open'])
  })

  it('§4.6: a CANCEL is answered, and cancels nothing', async () => {
    const { world, alice, bob } = await people()
    const branch = 'z9hG4bKcancelled'
    const contact = ['Contact', `<${alice.contact}>`] as const
    alice.send('SUBSCRIBE', { uri: bob.aor, callId: 'one', cseq: 7, branch, headers: [['Event', 'presence'], contact] })
    expect(alice.final(branch).statusCode).toBe(200)
    alice.send('CANCEL', { uri: bob.aor, callId: 'one', cseq: 7, branch })
    expect(alice.final(branch).statusCode).toBe(481)
    publish(bob, pidf('bob', 'heard'))
    world.advance(1_000)
    expect(told(alice)).toEqual(['active open', 'active heard'])
  })
})
