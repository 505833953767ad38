/**
 * RFC 6446: a watcher says how often he wants to hear at most, and at least. Nothing but time is lost by it.
 */
import { describe, expect, it } from 'vitest'
import { HeaderId } from '../../../src/sip/message/header-id.ts'
import { listBody, readsLists, saidNext, subscribeTo } from '../../support/list-watching.ts'
import { readsPartial } from '../../support/partial-reader.ts'
import { ServerWorld } from '../../support/server-world.ts'
import { pidf, publish, refresh, subscribe, told } from '../../support/watching.ts'
import { WireClient } from '../../support/wire-client.ts'

async function people() {
  const world = await ServerWorld.start({ workers: 1 })
  const [alice, bob] = [new WireClient(world, 'alice'), new WireClient(world, 'bob')]
  alice.register()
  bob.register()
  /** A change each second. */
  const changes = (count: number, name = 'change') => {
    for (let change = 0; change < count; change++) {
      world.advance(1_000)
      publish(bob, pidf('bob', `${name} ${change}`))
    }
  }
  return { world, alice, bob, changes }
}

describe('RFC 6446 max-rate', () => {
  it('§4.2: keeps NOTIFYs apart, and the newest state is told in the end', async () => {
    const { world, alice, changes } = await people()
    subscribe(alice, 'bob', { event: 'presence;max-rate=0.1' })
    changes(20)
    world.advance(20_000)
    const said = told(alice).slice(1)
    expect([said.length, said.at(-1)]).toEqual([3, 'active;max-rate=0.1 change 19'])
  })

  it('§4.1: a refresh with another rate, or with none, changes it', async () => {
    const { world, alice, changes } = await people()
    const made = subscribe(alice, 'bob', { event: 'presence;max-rate=0.01' })
    changes(5, 'slow')
    refresh(alice, made, { event: 'presence' })
    changes(3, 'quick')
    world.advance(1_000)
    expect(told(alice)).not.toContain('active slow 0')
    expect(told(alice).slice(-3)).toEqual(['active quick 0', 'active quick 1', 'active quick 2'])
  })

  it('§4.2: the last NOTIFY of a subscription does not wait', async () => {
    const { world, alice, changes } = await people()
    const made = subscribe(alice, 'bob', { event: 'presence;max-rate=0.01' })
    changes(2)
    refresh(alice, made, { event: 'presence;max-rate=0.01', expires: 0 })
    world.advance(500)
    const last = told(alice).at(-1)
    expect(last).toContain('terminated;reason=timeout')
    expect(last).toContain('change 1')
  })

  it('§4.3: of a list what has changed meanwhile is told together', async () => {
    const { world, alice, changes } = await people()
    subscribeTo(alice, listBody('sip:bob@example.test', 'sip:alice@example.test'), {
      event: 'presence;max-rate=0.1',
      headers: [...readsLists],
    })
    changes(8)
    publish(alice, pidf('alice', 'here too'))
    world.advance(20_000)
    const said = saidNext(alice)
    expect(said.at(-1)).toContain('bob: active change 7')
    expect(said.at(-1)).toContain('alice: active here too')
    expect(said.length).toBe(2)
  })
})

describe('RFC 6446 min-rate', () => {
  it('§5.2: repeats the state when nothing changes', async () => {
    const { world, alice } = await people()
    subscribe(alice, 'bob', { event: 'presence;min-rate=0.1' })
    world.advance(35_000)
    expect(told(alice)).toEqual(Array.from({ length: 4 }, () => 'active;min-rate=0.1 open'))
  })

  it('§5.2: goes on repeating it when a change was taken back before it was told', async () => {
    const { world, alice, bob } = await people()
    publish(bob, pidf('bob', 'one'))
    subscribe(alice, 'bob', { event: 'presence;min-rate=0.1', headers: readsPartial })
    world.advance(100)
    for (const note of ['two', 'one']) publish(bob, pidf('bob', note))
    world.advance(35_000)
    expect(told(alice)).toEqual(Array.from({ length: 4 }, () => 'active;min-rate=0.1 one'))
  })

  it('§5.1: a watcher that asks for more than he bears gets what he bears', async () => {
    const { alice } = await people()
    subscribe(alice, 'bob', { event: 'presence;min-rate=2;max-rate=0.1' })
    expect(told(alice)).toEqual(['active;max-rate=0.1;min-rate=0.1 open'])
  })

  it.each(['min-rate', 'adaptive-min-rate'])(
    '§5.2, §6.2: %s beyond what the server bears is cut, and said',
    async (name) => {
      const { world, alice } = await people()
      subscribe(alice, 'bob', { event: `presence;${name}=999999` })
      world.advance(60_000)
      expect(new Set(told(alice))).toEqual(new Set([`active;${name}=0.2 open`]))
      // While the first period is not over the adaptive rate repeats sooner.
      expect(told(alice).length).toBeLessThanOrEqual(name === 'min-rate' ? 13 : 20)
    },
  )
})

describe('RFC 6446 §8 rates', () => {
  it.each(['often', '-1', '0', '1e9', '', '0.1.2'])('"%s" is none, and refused', async (rate) => {
    const { alice } = await people()
    for (const name of ['max-rate', 'min-rate', 'adaptive-min-rate']) {
      const refused = subscribe(alice, 'bob', { event: `presence;${name}=${rate}`, callId: name })
      expect(refused.statusCode, name).toBe(400)
    }
    expect(alice.requests('NOTIFY')).toEqual([])
  })

  it('a fetch has no rate to keep', async () => {
    const { alice } = await people()
    const made = subscribe(alice, 'bob', { event: 'presence;max-rate=0.01', expires: 0 })
    expect([made.statusCode, made.first(HeaderId.expires)]).toEqual([200, '0'])
    expect(told(alice).length).toBe(1)
  })
})
