/**
 * RFC 5626 §5.3 and several flows of one device in sessions: the newest first, the next on 430 or a broken flow,
 * never both. What is too large for UDP goes by a stream flow of the same device.
 */
import { describe, expect, it } from 'vitest'
import { ServerWorld } from '../../support/server-world.ts'
import { sendCancel, sendInvite, signedIn } from '../../support/sessions.ts'
import { WireClient } from '../../support/wire-client.ts'

const instance = 'urn:uuid:bob-laptop'

describe.each([1, 3])('RFC 5626 §5.3 flows of a device at %i workers', (workers) => {
  async function called(newest: 'tcp' | 'udp' = 'tcp', body?: string) {
    const world = await ServerWorld.start({ workers })
    const [alice, older, newer] = signedIn(
      new WireClient(world, 'alice'),
      new WireClient(world, 'bob', { instance, regId: 1 }),
      new WireClient(world, 'bob', { instance, regId: 2, transport: newest }),
    )
    const branch = sendInvite(alice, 'bob', body === undefined ? {} : { body })
    return { world, alice, older, newer, branch }
  }

  it('MUST NOT use two flows of one device at once; the newest comes first', async () => {
    const { older, newer } = await called()
    expect(newer.requests('INVITE')).toHaveLength(1)
    expect(older.requests('INVITE')).toHaveLength(0)
  })

  it('after 430 MUST try another flow of the device', async () => {
    const { alice, older, newer, branch } = await called()
    newer.respond(newer.request('INVITE'), 430)
    expect(alice.hasFinal(branch)).toBe(false)
    older.respond(older.request('INVITE'), 200)
    expect(alice.final(branch).statusCode).toBe(200)
  })

  it('and so when the flow breaks while the request is pending', async () => {
    const { alice, older, newer, branch } = await called()
    newer.close()
    older.respond(older.request('INVITE'), 486)
    expect(alice.final(branch).statusCode).toBe(486)
  })

  it('no other answer makes it try the next: the device has spoken', async () => {
    const { alice, older, newer, branch } = await called()
    newer.respond(newer.request('INVITE'), 480)
    expect(alice.final(branch).statusCode).toBe(480)
    expect(older.requests('INVITE')).toHaveLength(0)
  })

  it('when no flow is left the caller is told 480, not 430', async () => {
    const { alice, older, newer, branch } = await called()
    newer.respond(newer.request('INVITE'), 430)
    older.close()
    expect(alice.final(branch).statusCode).toBe(480)
  })

  it('after a CANCEL the next flow is not tried', async () => {
    const { alice, older, newer, branch } = await called()
    const invite = newer.request('INVITE')
    newer.respond(invite, 180)
    sendCancel(alice, branch, invite)
    newer.close()
    expect(alice.final(branch).statusCode).toBe(487)
    expect(older.requests('INVITE')).toHaveLength(0)
  })

  it('what is larger than UDP carries goes by the stream flow of the same device', async () => {
    const { alice, older, newer, branch } = await called('udp', 'x'.repeat(9_000))
    expect(newer.requests('INVITE')).toHaveLength(0)
    older.respond(older.request('INVITE'), 200)
    expect(alice.final(branch).statusCode).toBe(200)
  })

  it('what would be sent in fragments goes by the stream flow as well, by UDP where that is gone', async () => {
    const { alice, older, newer, branch } = await called('udp', 'x'.repeat(2_000))
    expect(newer.requests('INVITE')).toHaveLength(0)
    older.close()
    newer.respond(newer.request('INVITE'), 200)
    expect(alice.final(branch).statusCode).toBe(200)
  })

  it('without a stream flow it cannot be delivered now: 480', async () => {
    const world = await ServerWorld.start({ workers })
    const [alice, bob] = signedIn(new WireClient(world, 'alice'), new WireClient(world, 'bob', { transport: 'udp' }))
    expect(alice.final(sendInvite(alice, 'bob', { body: 'x'.repeat(9_000) })).statusCode).toBe(480)
    expect(bob.requests('INVITE')).toHaveLength(0)
    sendInvite(alice, 'bob', { body: 'x'.repeat(6_000) })
    expect(bob.requests('INVITE')).toHaveLength(1)
  })

  it('a MESSAGE too large for UDP takes the stream flow as well', async () => {
    const { alice, older, newer } = await called('udp')
    for (const client of [older, newer]) client.answerWith = 200
    expect(alice.message('bob', 'x'.repeat(9_000)).statusCode).toBe(200)
    expect(newer.requests('MESSAGE')).toHaveLength(0)
    expect(older.requests('MESSAGE')).toHaveLength(1)
  })
})
