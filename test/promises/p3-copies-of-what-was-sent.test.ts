/**
 * P3: a copy of a sent message says that it was sent, so there is none of what was refused, wherever the two people
 * live.
 */
import { describe, expect, it } from 'vitest'
import { ServerWorld } from '../support/server-world.ts'
import { WireClient } from '../support/wire-client.ts'

describe.each([1, 3])('P3 copies at %i workers', (workers) => {
  it('are made of what was delivered or stored, and of nothing else', async () => {
    const world = await ServerWorld.start({ workers, users: ['alice', 'bob', 'carol', 'dave'] })
    const desk = new WireClient(world, 'alice')
    desk.register(3600, { headers: [['Supported', 'im-sent-copies']] })
    const phone = new WireClient(world, 'alice')
    phone.register()
    const bob = new WireClient(world, 'bob')
    bob.register()
    const copiesAfter = (to: string, callId: string) => {
      const { statusCode } = phone.message(to, callId, { callId })
      return [statusCode, desk.requests('MESSAGE').length]
    }
    expect(copiesAfter('nobody', '1')).toEqual([404, 0])
    expect(copiesAfter('bob', '2')).toEqual([200, 1])
    expect(copiesAfter('carol', '3')).toEqual([202, 2])
    expect(copiesAfter('dave', '4')).toEqual([202, 3])
    bob.answerWith = 488
    expect(copiesAfter('bob', '5')).toEqual([488, 3])
    world.disk.failNext('refused')
    expect(copiesAfter('carol', '6')).toEqual([503, 3])
    const copies = desk.requests('MESSAGE').map(({ body }) => body.toString())
    expect(copies.map((copy) => copy.at(-1))).toEqual(['2', '3', '4'])
  })
})
