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
