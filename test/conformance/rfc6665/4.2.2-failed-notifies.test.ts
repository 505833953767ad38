/**
 * RFC 6665 §4.2.2: which answers to a NOTIFY end its subscription, and which only ask for patience.
 */
import { describe, expect, it } from 'vitest'
import { ServerWorld } from '../../support/server-world.ts'
import { pidf, publish, refresh, subscribe, told } from '../../support/watching.ts'
import { WireClient } from '../../support/wire-client.ts'

/** A watcher whose first NOTIFY is answered so. */
async function answered(status: number, headers: readonly (readonly [string, string])[] = []) {
  const world = await ServerWorld.start({ workers: 1 })
  const [alice, bob] = [new WireClient(world, 'alice'), new WireClient(world, 'bob')]
  alice.register()
  bob.register()
  alice.answerWith = null
  const made = subscribe(alice, 'bob')
  alice.respond(alice.requests('NOTIFY')[0]!, status, headers)
  alice.answerWith = 200
  const says = (note: string): void => {
    publish(bob, pidf('bob', note))
    world.advance(1_000)
  }
  return { world, alice, made, says }
}

describe('RFC 6665 §4.2.2 failed NOTIFYs', () => {
  it.each([404, 405, 408, 410, 416, 480, 481, 482, 483, 484, 485, 489, 501, 604])(
    '%i ends the subscription, also with Retry-After: the device has no use for another NOTIFY',
    async (status) => {
      const { world, alice, made, says } = await answered(status, [['Retry-After', '1']])
      world.advance(10_000)
      says('unheard')
      world.advance(60_000)
      expect([told(alice), refresh(alice, made).statusCode]).toEqual([['active open'], 481])
    },
  )

  it.each([302, 400, 403, 500, 503, 603])('%i without Retry-After ends it', async (status) => {
    const { alice, made, says } = await answered(status)
    says('unheard')
    expect([told(alice), refresh(alice, made).statusCode]).toEqual([['active open'], 481])
  })

  it.each([400, 486, 500, 503, 600])('%i with Retry-After: nothing is told before, then the newest', async (status) => {
    const { world, alice, says } = await answered(status, [['Retry-After', '20']])
    for (const note of ['two', 'three']) says(note)
    world.advance(15_000)
    expect(told(alice)).toEqual(['active open'])
    world.advance(5_000)
    says('four')
    expect(told(alice)).toEqual(['active open', 'active three', 'active four'])
  })

  it.each(['soon', '', '-5', '99999999999'])('Retry-After "%s" keeps nothing for ever', async (value) => {
    const { world, alice, says } = await answered(503, [['Retry-After', value]])
    says('two')
    world.advance(301_000)
    const isKept = value !== 'soon' && value !== ''
    expect(told(alice)).toEqual(isKept ? ['active open', 'active two'] : ['active open'])
  })
})
