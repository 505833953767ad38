/**
 * P3 where policy decides: a sender whom the organisation forbids is told 403 and no more, whatever is sent, and a
 * change of rules or groups holds from its acknowledgement on.
 */
import { describe, expect, it } from 'vitest'
import type { GroupRule } from '../../src/ports/records/policy.ts'
import { ServerWorld } from '../support/server-world.ts'
import { establish, sendInvite, sendWithin, signedIn } from '../support/sessions.ts'
import { WireClient } from '../support/wire-client.ts'

const wall: GroupRule = { from: 'research', to: 'trading', see: null, message: 'forbid' }

describe.each([1, 3])('P3 and policy, with %i workers', (workers) => {
  async function people() {
    const world = await ServerWorld.start({ workers, users: [] })
    world.addUser('alice', { groups: ['research'], aliases: ['al'] })
    world.addUser('bob', { groups: ['trading'] })
    world.addUser('carol')
    const [alice, bob] = signedIn(new WireClient(world, 'alice'), new WireClient(world, 'bob'))
    bob.answerWith = 200
    return { world, alice, bob }
  }

  function moveAlice(world: ServerWorld, add: readonly string[], remove: readonly string[]): void {
    expect(world.admin('alice', { act: 'change-groups', add, remove })).toMatchObject({ ok: true, unconfirmed: [] })
  }

  it('403 where the organisation forbids: in this direction only, and nothing is kept (RFC 3428 §7)', async () => {
    const { world, alice, bob } = await people()
    world.policy(null, { act: 'put-rule', rule: wall })
    const answer = alice.message('bob', 'buy')
    expect([answer.statusCode, answer.reasonPhrase, answer.body.length]).toEqual([403, 'Forbidden', 0])
    expect(bob.requests('MESSAGE')).toEqual([])
    expect(world.admin('bob', { act: 'show' })).toMatchObject({ mailboxMessages: 0 })
    expect(world.logged('message.forbidden')).toBe(1)
    alice.answerWith = 200
    expect(bob.message('alice', 'what did you want?').statusCode).toBe(200)
    expect(alice.message('carol', 'hello').statusCode).toBe(202)
  })

  it('403 by whatever name he writes, and to whatever name', async () => {
    const { world, alice } = await people()
    world.policy(null, { act: 'put-rule', rule: { ...wall, from: 'trading', to: 'research' } })
    const bob = new WireClient(world, 'bob')
    expect(bob.message('al', 'hello').statusCode).toBe(403)
    world.policy(null, { act: 'put-rule', rule: wall })
    expect(alice.message('bob', 'x', { from: '<sip:al@example.test>;tag=a' }).statusCode).toBe(403)
  })

  it('composing notices, messages that expire at once, and sessions are refused alike', async () => {
    const { world, alice, bob } = await people()
    world.policy(null, { act: 'put-rule', rule: wall })
    const composing = alice.message('bob', '<isComposing/>', { contentType: 'application/im-iscomposing+xml' })
    const expiring = alice.message('bob', 'now', { headers: [['Expires', '0']] })
    const invite = alice.final(sendInvite(alice, 'bob'))
    const options = alice.authenticated('OPTIONS', { uri: 'sip:bob@example.test' })
    for (const answer of [composing, expiring, invite, options])
      expect([answer.statusCode, answer.reasonPhrase]).toEqual([403, 'Forbidden'])
    expect(bob.inbox.filter(({ isRequest }) => isRequest)).toEqual([])
  })

  it('a change of rules holds from its acknowledgement on, in both directions', async () => {
    const { world, alice } = await people()
    world.policy(null, { act: 'put-rule', rule: wall })
    expect(alice.message('bob', '1').statusCode).toBe(403)
    world.policy(null, { act: 'remove-rule', from: wall.from, to: wall.to })
    expect(alice.message('bob', '2').statusCode).toBe(200)
  })

  it('a change of groups holds at once, and leaves the connection alone', async () => {
    const { world, alice } = await people()
    world.policy(null, { act: 'put-rule', rule: wall })
    moveAlice(world, [], ['research'])
    expect(alice.message('bob', '1').statusCode).toBe(200)
    moveAlice(world, ['research'], [])
    expect(alice.message('bob', '2').statusCode).toBe(403)
    expect(alice.closedBy).toBeNull()
  })

  it('a restart forgets neither rules nor groups', async () => {
    const { world } = await people()
    world.policy(null, { act: 'put-rule', rule: wall })
    const next = await world.restart()
    expect(new WireClient(next, 'alice').message('bob', 'buy').statusCode).toBe(403)
  })

  it('a dialog that stands when the rule comes goes on; a new one does not begin', async () => {
    const { world, alice, bob } = await people()
    bob.answerWith = null
    const { caller } = establish(alice, bob)
    world.policy(null, { act: 'put-rule', rule: wall })
    expect(alice.final(sendInvite(alice, 'bob', { callId: 'another' })).statusCode).toBe(403)
    expect(world.logged('location.forbidden')).toBe(1)
    const bye = sendWithin(alice, caller, 'BYE')
    bob.respond(bob.request('BYE'), 200)
    expect(alice.final(bye).statusCode).toBe(200)
  })
})
