/**
 * Every refusal of a SUBSCRIBE is counted by its reason (`meridian_subscriptions_refused_total`), those too that are
 * made for the request.
 */
import { expect, it } from 'vitest'
import { ServerWorld } from '../../support/server-world.ts'
import { subscribe } from '../../support/watching.ts'
import { WireClient } from '../../support/wire-client.ts'

it.each([
  ['too-brief', 423, { expires: 1 }],
  ['bad-extension', 420, { headers: [['Require', 'teleport']] }],
  ['bad-rate', 400, { event: 'presence;max-rate=often' }],
] as const)('%s', async (reason, status, parts) => {
  const world = await ServerWorld.start()
  const alice = new WireClient(world, 'alice')
  alice.register()
  const count = () => world.metric('meridian_subscriptions_refused_total', { reason: `events.${reason}` })?.value
  expect(count()).toBe(0)
  expect(subscribe(alice, 'bob', parts).statusCode).toBe(status)
  expect(count()).toBe(1)
})
