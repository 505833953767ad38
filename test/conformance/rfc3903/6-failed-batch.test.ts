/**
 * RFC 3903 §4.1, §6: a publication stands until it expires or is taken back. That a batch of the store fails takes
 * nothing away from what was published before, and gives it no more time than was granted.
 */
import { describe, expect, it } from 'vitest'
import { ServerWorld } from '../../support/server-world.ts'
import { entityTag, pidf, publish, subscribe, told } from '../../support/watching.ts'
import { WireClient } from '../../support/wire-client.ts'

describe('RFC 3903 §6 publications when a batch fails', () => {
  async function published(headers: readonly (readonly [string, string])[] = []) {
    const world = await ServerWorld.start({ workers: 1 })
    const [alice, bob] = [new WireClient(world, 'alice'), new WireClient(world, 'bob')]
    alice.register()
    bob.register()
    const answer = publish(bob, pidf('bob', 'at my desk'), headers)
    expect(answer.statusCode).toBe(200)
    return { world, alice, bob, answer }
  }

  /** Something else of the same user is to be written, and is not. */
  async function failOnce(world: ServerWorld, bob: WireClient): Promise<void> {
    world.disk.failNext('refused')
    expect(publish(bob, pidf('bob', 'not kept')).statusCode).toBe(503)
    await new Promise(setImmediate)
    world.advance(5_000)
  }

  it('what was published before is still shown: its device is there', async () => {
    const { world, alice, bob } = await published()
    await failOnce(world, bob)
    subscribe(alice, 'bob')
    world.advance(1_000)
    expect(told(alice)).toEqual(['active at my desk'])
  })

  it('what could not be taken back stands', async () => {
    const { world, alice, bob, answer } = await published()
    world.disk.failNext('refused')
    const removal = [['SIP-If-Match', entityTag(answer)] as const, ['Expires', '0'] as const]
    expect(publish(bob, null, removal).statusCode).toBe(503)
    await new Promise(setImmediate)
    world.advance(5_000)
    subscribe(alice, 'bob')
    world.advance(1_000)
    expect(told(alice)).toEqual(['active at my desk'])
    expect(publish(bob, null, removal).statusCode).toBe(200)
  })

  it('it ends when it would have ended', async () => {
    const { world, alice, bob } = await published([['Expires', '120']])
    subscribe(alice, 'bob')
    world.advance(1_000)
    await failOnce(world, bob)
    expect(told(alice)).toEqual(['active at my desk'])
    world.advance(120_000)
    expect(told(alice).at(-1)).not.toContain('at my desk')
  })
})
