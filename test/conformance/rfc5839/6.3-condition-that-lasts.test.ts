/**
 * RFC 5839 §6.2, §6.3: what a watcher has is not told again as long as it is the state, to the next SUBSCRIBE; what has
 * to be said of the subscription is said without it.
 */
import { describe, expect, it } from 'vitest'
import { listBody, readsLists, saidNext, subscribeTo } from '../../support/list-watching.ts'
import { PartialReader, readsPartial } from '../../support/partial-reader.ts'
import { presence } from '../../support/presence-documents.ts'
import { aorOf, ServerWorld } from '../../support/server-world.ts'
import { pidf, publish, refresh, type SubscribeParts, subscribe, told } from '../../support/watching.ts'
import { WireClient } from '../../support/wire-client.ts'

async function people(parts: SubscribeParts = {}) {
  const world = await ServerWorld.start({ workers: 1, users: ['alice', 'bob'] })
  const [alice, bob] = [new WireClient(world, 'alice'), new WireClient(world, 'bob')]
  alice.register()
  bob.register()
  const says = (note: string): void => {
    publish(bob, pidf('bob', note))
    world.advance(2_000)
  }
  says('one')
  const made = subscribe(alice, 'bob', parts)
  world.advance(2_000)
  const tag = alice.requests('NOTIFY').at(-1)!.named('SIP-ETag')!
  const refreshed = (suppress: string | null, more: SubscribeParts = {}): number => {
    const headers = [...(more.headers ?? []), ...(suppress === null ? [] : [['Suppress-If-Match', suppress] as const])]
    const { statusCode } = refresh(alice, made, { ...parts, ...more, headers })
    world.advance(2_000)
    return statusCode
  }
  return { world, alice, bob, says, made, tag, refreshed }
}

/** Long enough that a difference is shorter. */
function stateOf(activity: string): string {
  const services = ['t1', 't2'].map((id) => `<tuple id="${id}"><status><basic>open</basic></status></tuple>`)
  const person = `<dm:person id="p"><r:activities><r:${activity}/></r:activities><dm:note>working</dm:note></dm:person>`
  return presence(services.join('') + person, 'sip:bob@example.test')
}

/** Tags of the NOTIFYs that had no document. */
function tagsWithoutDocument(watcher: WireClient): (string | null)[] {
  return watcher
    .requests('NOTIFY')
    .filter(({ body }) => body.length === 0)
    .map((notify) => notify.named('SIP-ETag'))
}

describe('RFC 5839 a condition that lasts', () => {
  it('§6.3: a state that has gone and come back before it was told is not told', async () => {
    const { world, alice, says, tag, refreshed } = await people({ event: 'presence;max-rate=0.1' })
    expect(refreshed(tag)).toBe(204)
    for (const note of ['two', 'one']) says(note)
    world.advance(20_000)
    expect(told(alice)).toEqual(['active;max-rate=0.1 one'])
    says('three')
    expect(told(alice).slice(1)).toEqual(['active;max-rate=0.1 three'])
  })

  it('§6.3: whoever names any state is told of none, until he asks without a condition', async () => {
    const { world, alice, says, refreshed } = await people()
    expect(refreshed('*')).toBe(204)
    for (const note of ['two', 'three']) says(note)
    expect(told(alice)).toEqual(['active one'])
    expect(refreshed('*')).toBe(204)
    says('four')
    expect(refreshed(null)).toBe(200)
    says('five')
    expect(told(alice)).toEqual(['active one', 'active four', 'active five'])
    expect(world.metric('meridian_notifies_suppressed_total')).toMatchObject({ value: 5 })
  })

  it('§6.2: a state that is told ends the condition: then the one that was named is news again', async () => {
    const { alice, says, tag, refreshed } = await people()
    expect(refreshed(tag)).toBe(204)
    for (const note of ['two', 'one']) says(note)
    expect(told(alice)).toEqual(['active one', 'active two', 'active one'])
  })

  it('§6.2: that a subscription is pending, active again or over is said without the state, with its tag', async () => {
    const { world, alice, tag, refreshed } = await people()
    const rule = (verdict: 'confirm' | 'allow') => {
      world.policy('bob', { act: 'set-user-rule', rule: verdict, watchers: [aorOf('alice')] })
      world.advance(2_000)
    }
    expect(refreshed(tag)).toBe(204)
    rule('confirm')
    expect(refreshed('*')).toBe(204)
    rule('allow')
    expect(refreshed(tag)).toBe(204)
    world.advance(600_000)
    expect(told(alice)).toEqual(['active one', 'pending', 'active', 'terminated;reason=timeout'])
    expect(tagsWithoutDocument(alice)).toEqual([null, tag, tag])
  })

  it('§6.2: a block is told, though any state had been named', async () => {
    const { world, alice, says, refreshed } = await people()
    expect(refreshed('*')).toBe(204)
    world.policy('bob', { act: 'set-user-rule', rule: 'block', watchers: [aorOf('alice')] })
    says('unseen')
    expect(told(alice)).toEqual(['active one', 'terminated;reason=rejected'])
  })

  it('RFC 6446 §5: a sign of life that was asked for comes without the state', async () => {
    const { world, alice, tag, refreshed } = await people({ event: 'presence;min-rate=0.1' })
    expect(refreshed(tag)).toBe(204)
    world.advance(21_000)
    expect(told(alice)).toEqual(['active;min-rate=0.1 one', 'active;min-rate=0.1', 'active;min-rate=0.1'])
    expect(tagsWithoutDocument(alice)).toEqual([tag, tag])
  })

  it('where a NOTIFY with another state is not answered yet, what comes behind it is told', async () => {
    const { world, alice, bob, tag, refreshed } = await people()
    alice.answerWith = null
    publish(bob, pidf('bob', 'two'))
    world.advance(1_000)
    publish(bob, pidf('bob', 'one'))
    world.advance(1_000)
    expect(refreshed(tag)).toBe(204)
    alice.respond(alice.requests('NOTIFY').at(-1)!, 200)
    alice.answerWith = 200
    world.advance(2_000)
    expect(told(alice)).toEqual(['active one', 'active two', 'active one'])
  })

  it('the same where its answer has come before the refresh, which UDP may have held up', async () => {
    const { world, alice, bob, tag, refreshed } = await people({ event: 'presence;max-rate=0.2' })
    world.advance(10_000)
    publish(bob, pidf('bob', 'two'))
    publish(bob, pidf('bob', 'one'))
    expect(refreshed(tag, { event: 'presence;max-rate=0.2' })).toBe(204)
    world.advance(10_000)
    const rate = 'active;max-rate=0.2'
    expect(told(alice)).toEqual([`${rate} one`, `${rate} two`, `${rate} one`])
  })

  it('whose device comes back on a new flow has what it had; a NOTIFY that was lost is made good', async () => {
    const { world, alice, says, tag, refreshed } = await people()
    expect(refreshed(tag)).toBe(204)
    alice.close('transport.reset')
    const back = new WireClient(world, 'alice', { instance: alice.instance })
    back.register()
    world.advance(2_000)
    expect(told(back)).toEqual([])
    back.answerWith = null
    says('two')
    back.close('transport.reset')
    says('one')
    const again = new WireClient(world, 'alice', { instance: alice.instance })
    again.register()
    world.advance(2_000)
    expect([told(back), told(again)]).toEqual([['active two'], ['active one']])
  })

  it('after a restart all is told once: what had been told before it is not known', async () => {
    const { world, alice, bob, refreshed } = await people()
    expect(refreshed('*')).toBe(204)
    const next = await world.restart()
    const [back, publisher] = [alice, bob].map(({ name, instance }) => new WireClient(next, name, { instance }))
    publisher!.register()
    back!.register()
    next.advance(2_000)
    expect(told(back!)).toEqual(['active one'])
  })

  it('a refresh that the store did not take has set no condition', async () => {
    const { world, alice, says, refreshed } = await people()
    world.disk.failNext('failed')
    // Other terms, so that there is something to write.
    expect(refreshed('*', { event: 'presence;max-rate=1' })).toBe(503)
    await new Promise(setImmediate)
    world.advance(2_000)
    says('two')
    expect(told(alice).slice(-2)).toEqual(['active one', 'active two'])
  })

  it('§6.4: who reads partial documents gets the whole behind a NOTIFY without it, then changes', async () => {
    const { world, alice, bob, tag } = await people({ expires: 0 })
    const headers = [...readsPartial, ['Suppress-If-Match', tag] as const]
    expect(subscribe(alice, 'bob', { callId: 'partial', headers }).statusCode).toBe(200)
    world.advance(2_000)
    expect(tagsWithoutDocument(alice)).toEqual([tag])
    alice.inbox.splice(0)
    for (const activity of ['meeting', 'busy']) {
      publish(bob, stateOf(activity))
      world.advance(2_000)
    }
    const reader = new PartialReader(alice)
    reader.read()
    expect(reader.came).toEqual(['full 1', 'diff 2'])
  })

  it('§6.4: what is new since a state that was heard of elsewhere is told as the whole', async () => {
    const { world, alice, bob, refreshed } = await people({ headers: readsPartial })
    const shows = (activity: string): void => {
      publish(bob, stateOf(activity))
      world.advance(2_000)
    }
    shows('meeting')
    expect(refreshed('*')).toBe(204)
    shows('busy')
    subscribe(alice, 'bob', { expires: 0, callId: 'elsewhere' })
    expect(refreshed(alice.requests('NOTIFY').at(-1)!.named('SIP-ETag'))).toBe(204)
    const before = alice.requests('NOTIFY').length
    for (const activity of ['away', 'on-the-phone']) shows(activity)
    const kinds = alice.requests('NOTIFY').slice(before)
    expect(kinds.map(({ body }) => /<p:pidf-(full|diff)/.exec(body.toString())?.[1])).toEqual(['full', 'diff'])
  })

  it('§6.5: of a list too: nothing is told to who names any state, and all of it to who asks again', async () => {
    const { world, alice, says } = await people({ expires: 0 })
    alice.inbox.splice(0)
    const made = subscribeTo(alice, listBody('sip:bob@example.test'))
    const to = `<${made.to!.uri}>;tag=${made.to!.tag}`
    world.advance(2_000)
    const headers = [...readsLists, ['Suppress-If-Match', '*'] as const]
    expect(subscribeTo(alice, '', { to, headers }).statusCode).toBe(204)
    says('two')
    expect(saidNext(alice)).toEqual(['full 0, bob: active one'])
    expect(subscribeTo(alice, '', { to }).statusCode).toBe(200)
    says('three')
    expect(saidNext(alice)).toEqual(['full 1, bob: active two', 'partial 2, bob: active three'])
  })
})
