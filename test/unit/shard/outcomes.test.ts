/**
 * What becomes of a request that the server has sent is told to whoever sent it, and to nobody else: a NOTIFY that is
 * not answered keeps the next one back (RFC 6665 §4.2.2), whatever else the device answers meanwhile.
 */
import { expect, it } from 'vitest'
import { ServerWorld } from '../../support/server-world.ts'
import { pidf, publish, subscribe } from '../../support/watching.ts'
import { WireClient } from '../../support/wire-client.ts'

it('the answer to a MESSAGE is not taken for that to a NOTIFY with the same number', async () => {
  const world = await ServerWorld.start({ users: ['alice', 'bob'] })
  const [alice, bob] = ['alice', 'bob'].map((name) => new WireClient(world, name)) as [WireClient, WireClient]
  alice.register()
  bob.register()
  publish(bob, pidf('bob', 'here'))
  alice.answerWith = null
  subscribe(alice, 'bob')
  world.advance(1_000)
  alice.answerWith = 200
  bob.final(bob.send('MESSAGE', { uri: 'sip:alice@example.test', body: 'hello' }))
  publish(bob, pidf('bob', 'there'))
  world.advance(1_000)
  expect(alice.requests('NOTIFY').map(({ cseq }) => cseq?.number)).toEqual([1])
})
