/**
 * RFC 5839: a watcher that has the newest state is not told it again.
 */
import { describe, expect, it } from 'vitest'
import { listBody, readsLists, saidNext, subscribeTo } from '../../support/list-watching.ts'
import { ServerWorld } from '../../support/server-world.ts'
import { pidf, publish, refresh, subscribe, told } from '../../support/watching.ts'
import { WireClient } from '../../support/wire-client.ts'

async function people() {
  const world = await ServerWorld.start({ workers: 1 })
  const [alice, bob] = [new WireClient(world, 'alice'), new WireClient(world, 'bob')]
  alice.register()
  bob.register()
  return { world, alice, bob }
}

describe('RFC 5839 conditional notification', () => {
  it('§5.2: a refresh that names the newest state is answered 204 and no NOTIFY follows', async () => {
    const { world, alice, bob } = await people()
    const made = subscribe(alice, 'bob')
    const tag = alice.requests('NOTIFY')[0]!.named('SIP-ETag')!
    world.advance(1_000)
    expect(refresh(alice, made, { headers: [['Suppress-If-Match', tag]] }).statusCode).toBe(204)
    publish(bob, pidf('bob', 'new'))
    world.advance(1_000)
    expect(refresh(alice, made, { headers: [['Suppress-If-Match', tag]] }).statusCode).toBe(200)
    world.advance(1_000)
    expect(told(alice)).toEqual(['active open', 'active new', 'active new'])
  })

  it('§4.1: each state has a tag of its own, which is the same for all who see it, and over a restart', async () => {
    const { world, alice, bob } = await people()
    const tags = (watcher: WireClient) => watcher.requests('NOTIFY').map((notify) => notify.named('SIP-ETag'))
    for (const [at, note] of ['one', 'two', 'one'].entries()) {
      publish(bob, pidf('bob', note))
      subscribe(alice, 'bob', { expires: 0, callId: `fetch-${at}` })
      world.advance(1_000)
    }
    const [one, two, again] = tags(alice)
    expect([one !== null, one !== two, one === again]).toEqual([true, true, true])
    const next = await world.restart()
    const [back, watcher] = [new WireClient(next, 'bob', { instance: bob.instance }), new WireClient(next, 'alice')]
    for (const each of [back, watcher]) each.register()
    subscribe(watcher, 'bob', { expires: 0 })
    next.advance(1_000)
    expect(tags(watcher)).toEqual([one])
  })

  it.each([
    ['§6.2: a subscription', 600, 'active'],
    ['§6.2: a fetch', 0, 'terminated'],
  ])('%s by who has the state is made by a NOTIFY without it, with its tag', async (_what, expires, state) => {
    const { world, alice, bob } = await people()
    publish(bob, pidf('bob', 'one'))
    subscribe(alice, 'bob', { expires: 0, callId: 'first' })
    const tag = alice.requests('NOTIFY')[0]!.named('SIP-ETag')!
    const resume = (named: string, callId: string) => {
      world.advance(1_000)
      const before = alice.requests('NOTIFY').length
      expect(subscribe(alice, 'bob', { expires, callId, headers: [['Suppress-If-Match', named]] }).statusCode).toBe(200)
      world.advance(1_000)
      const told = alice.requests('NOTIFY').slice(before)
      return told.map((notify) => [
        notify.named('Subscription-State')!.split(';')[0],
        notify.named('SIP-ETag') === tag,
        notify.named('Content-Type') === null && notify.body.length === 0,
      ])
    }
    expect(resume(tag, 'again')).toEqual([[state, true, true]])
    expect(resume('*', 'any')).toEqual([[state, true, true]])
    expect(resume('another', 'other')).toEqual([[state, true, false]])
    publish(bob, pidf('bob', 'two'))
    expect(resume(tag, 'newer')).toEqual([[state, false, false]])
  })

  it.each([
    ['the newest state', (tag: string) => tag],
    ['any', () => '*'],
  ])('§5.7: an end that names %s is answered 204, no NOTIFY follows, and nothing is left', async (_what, name) => {
    const { world, alice, bob } = await people()
    const made = subscribe(alice, 'bob')
    world.advance(1_000)
    const suppress = [['Suppress-If-Match', name(alice.requests('NOTIFY')[0]!.named('SIP-ETag')!)] as const]
    expect(refresh(alice, made, { expires: 0, headers: suppress }).statusCode).toBe(204)
    publish(bob, pidf('bob', 'after it'))
    world.advance(10_000)
    expect(told(alice)).toEqual(['active open'])
    expect(refresh(alice, made, { headers: suppress }).statusCode).toBe(481)
    const next = await world.restart()
    const [back, again] = [new WireClient(next, 'bob'), new WireClient(next, 'alice', { instance: alice.instance })]
    for (const each of [again, back]) each.register()
    publish(back, pidf('bob', 'after a restart'))
    next.advance(10_000)
    expect(told(again)).toEqual([])
  })

  it('§5.7: an end that names another state is told the newest with its reason', async () => {
    const { world, alice, bob } = await people()
    const made = subscribe(alice, 'bob')
    world.advance(1_000)
    const tag = alice.requests('NOTIFY')[0]!.named('SIP-ETag')!
    publish(bob, pidf('bob', 'newer'))
    const headers = [['Suppress-If-Match', tag] as const]
    expect(refresh(alice, made, { expires: 0, headers }).statusCode).toBe(200)
    world.advance(1_000)
    const [last] = alice.requests('NOTIFY').slice(-1)
    expect([last!.named('Subscription-State'), last!.body.toString()]).toEqual([
      expect.stringMatching(/^terminated;reason=timeout/),
      expect.stringContaining('newer'),
    ])
  })

  it('§5.2 of a list: its state after each NOTIFY has a tag; another list in the refresh is told', async () => {
    const { world, alice, bob } = await people()
    const made = subscribeTo(alice, listBody('sip:bob@example.test'))
    const to = `<${made.to!.uri}>;tag=${made.to!.tag}`
    const again = (tag: string, body = '') => {
      world.advance(1_000)
      return subscribeTo(alice, body, { to, headers: [...readsLists, ['Suppress-If-Match', tag]] }).statusCode
    }
    const [first] = alice.requests('NOTIFY').map((notify) => notify.named('SIP-ETag')!)
    expect(again(first!)).toBe(204)
    world.advance(1_000)
    publish(bob, pidf('bob', 'new'))
    const second = alice.requests('NOTIFY')[1]!.named('SIP-ETag')!
    expect([again(first!), again(first!), again(second)]).toEqual([200, 200, 200])
    const last = alice.requests('NOTIFY').at(-1)!.named('SIP-ETag')!
    expect(again(last)).toBe(204)
    expect(again(last, listBody('sip:alice@example.test'))).toBe(200)
    const told = ['full 0, bob: active open', 'partial 1, bob: active new', 'full 2, bob: active new']
    expect(saidNext(alice).slice(0, 3)).toEqual(told)
  })
})
