/**
 * RFC 3903 §6: how many publications of a user may stand. Those of devices that never came back make room.
 */
import { describe, expect, it } from 'vitest'
import { ServerWorld } from '../../support/server-world.ts'
import { entityTag, pidf, publish, subscribe, told } from '../../support/watching.ts'
import { WireClient } from '../../support/wire-client.ts'

describe('RFC 3903 §6 many publications of one user', () => {
  async function people() {
    const world = await ServerWorld.start({ workers: 1 })
    const alice = new WireClient(world, 'alice')
    alice.register()
    return { world, alice }
  }

  it('devices that vanished do not lock out the one that is there now', async () => {
    const { world, alice } = await people()
    const desk = new WireClient(world, 'bob')
    desk.register()
    expect(publish(desk, pidf('bob', 'desk')).statusCode).toBe(200)
    for (let round = 0; round < 50; round++) {
      const passing = new WireClient(world, 'bob', { instance: null })
      passing.register()
      expect(publish(passing, pidf('bob', `round ${round}`)).statusCode).toBe(200)
      passing.close()
      world.advance(20_000)
    }
    subscribe(alice, 'bob')
    // What a device says that is there all the time is not given up.
    expect(told(alice)).toEqual(['active desk'])
    const records = [...world.disk.durable.keys()].filter((key) => key.includes('\0publication\0'))
    expect(records.length).toBe(32)
  })

  it('what a device publishes without an entity tag replaces what it published before', async () => {
    const { world, alice } = await people()
    const [desk, mobile] = [new WireClient(world, 'bob'), new WireClient(world, 'bob')]
    desk.register()
    mobile.register()
    publish(desk, pidf('bob', 'desk'))
    // Its answer is lost, so it does not know the tag.
    publish(mobile, pidf('bob', 'forgotten'))
    world.advance(1_000)
    const tag = entityTag(publish(mobile, pidf('bob', 'mobile')))
    world.advance(1_000)
    const removal = [['SIP-If-Match', tag] as const, ['Expires', '0'] as const]
    expect(publish(mobile, null, removal).statusCode).toBe(200)
    subscribe(alice, 'bob')
    expect(told(alice)).toEqual(['active desk'])
    const records = [...world.disk.durable.keys()].filter((key) => key.includes('\0publication\0'))
    expect(records).toHaveLength(1)
  })

  it('of clients of which no device is known each stands by itself, up to a limit', async () => {
    const { world } = await people()
    const bob = new WireClient(world, 'bob')
    bob.authenticated('MESSAGE', { uri: 'sip:alice@example.test', body: 'by which its flow is known' })
    const statuses = Array.from({ length: 33 }, (_, each) => {
      world.advance(1_000)
      return publish(bob, pidf('bob', `note ${each}`)).statusCode
    })
    expect([statuses.filter((status) => status === 200).length, statuses.at(-1)]).toEqual([32, 503])
  })
})
