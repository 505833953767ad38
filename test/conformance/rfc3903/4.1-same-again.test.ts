/**
 * RFC 3903 §4.1, §6: a client that says the same again with its entity tag, as many do instead of a refresh.
 */
import { expect, it } from 'vitest'
import { HeaderId } from '../../../src/sip/message/header-id.ts'
import { ServerWorld } from '../../support/server-world.ts'
import { entityTag, pidf, publish, subscribe, told } from '../../support/watching.ts'
import { WireClient } from '../../support/wire-client.ts'

it('RFC 3903 §6: the same document again prolongs the publication under a new tag, and is no news', async () => {
  const world = await ServerWorld.start()
  const [alice, bob] = [new WireClient(world, 'alice'), new WireClient(world, 'bob')]
  alice.register()
  bob.register()
  subscribe(alice, 'bob')
  const expires = ['Expires', '100'] as const
  const first = publish(bob, pidf('bob', 'here'), [expires])
  world.advance(90_000)
  const again = publish(bob, pidf('bob', 'here'), [expires, ['SIP-If-Match', entityTag(first)]])
  expect([again.statusCode, again.first(HeaderId.expires)]).toEqual([200, '100'])
  expect(entityTag(again)).not.toBe(entityTag(first))
  expect(publish(bob, pidf('bob', 'old tag'), [['SIP-If-Match', entityTag(first)]]).statusCode).toBe(412)
  world.advance(90_000)
  expect(told(alice)).toEqual(['active open', 'active here'])
  const changed = publish(bob, pidf('bob', 'gone out'), [expires, ['SIP-If-Match', entityTag(again)]])
  world.advance(1_000)
  expect([changed.statusCode, told(alice).at(-1)]).toEqual([200, 'active gone out'])
})

it('RFC 3903 §6 step 5: a document of the same length with a letter changed is read, and refused', async () => {
  const world = await ServerWorld.start()
  const bob = new WireClient(world, 'bob')
  bob.register()
  const document = pidf('bob', 'here')
  const made = publish(bob, document)
  const broken = publish(bob, document.replace('</note>', '</nope>'), [['SIP-If-Match', entityTag(made)]])
  expect(broken.statusCode).toBe(400)
})
