/**
 * RFC 6665 §4.2.2: an answer to a NOTIFY speaks of that NOTIFY only, also when a later one is in flight.
 */
import { expect, it } from 'vitest'
import { ServerWorld } from '../../support/server-world.ts'
import { pidf, publish, subscribe, told } from '../../support/watching.ts'
import { WireClient } from '../../support/wire-client.ts'

const instance = 'urn:uuid:00000000-0000-4000-8000-0000000000a1'

async function movedInMidNotify() {
  const world = await ServerWorld.start()
  const bob = new WireClient(world, 'bob')
  bob.register()
  const before = new WireClient(world, 'alice', { instance })
  before.register()
  before.answerWith = null
  subscribe(before, 'bob')
  const [first] = before.requests('NOTIFY')
  const after = new WireClient(world, 'alice', { instance })
  after.answerWith = null
  after.register()
  world.advance(1_000)
  const [second] = after.requests('NOTIFY')
  return { world, bob, before, after, first: first!, second: second! }
}

it('RFC 6665 §4.2.2: a late 200 on the flow before lets no NOTIFY overtake the one in flight', async () => {
  const { world, bob, before, after, first } = await movedInMidNotify()
  before.respond(first, 200)
  publish(bob, pidf('bob', 'new'))
  world.advance(2_000)
  expect(told(after)).toEqual(['active open'])
})

it('RFC 6665 §4.2.2: a late 481 on the flow before does not end what goes on over the new one', async () => {
  const { world, bob, before, after, first, second } = await movedInMidNotify()
  before.respond(first, 481)
  after.respond(second, 200)
  publish(bob, pidf('bob', 'new'))
  world.advance(2_000)
  expect(told(after)).toEqual(['active open', 'active new'])
})
