/**
 * RFC 6665 §4.1.3: `noresource` forbids to subscribe again, so it is said only of who was there. Whoever was told to
 * wait for somebody who is not known, as a directory may not know him yet, may ask again.
 */
import { expect, it } from 'vitest'
import { ServerWorld } from '../../support/server-world.ts'
import { subscribe, subscribeSlowly, told } from '../../support/watching.ts'
import { WireClient } from '../../support/wire-client.ts'

it('a subscription that had to wait for somebody who is not known ends on probation', async () => {
  const world = await ServerWorld.start()
  const alice = new WireClient(world, 'alice')
  alice.register()
  const { branch, decide } = subscribeSlowly(alice, 'zoe')
  world.advance(5_000)
  expect(alice.final(branch).statusCode).toBe(200)
  decide()
  world.advance(1_000)
  expect(told(alice).at(-1)).toContain('terminated;reason=probation')
})

it('a subscription to a user who is removed ends because he is no more', async () => {
  const world = await ServerWorld.start()
  const [alice, bob] = [new WireClient(world, 'alice'), new WireClient(world, 'bob')]
  for (const client of [alice, bob]) client.register()
  subscribe(alice, 'bob')
  expect(world.admin('bob', { act: 'remove' })).toMatchObject({ ok: true })
  world.advance(1_000)
  expect(told(alice).at(-1)).toContain('terminated;reason=noresource')
})
