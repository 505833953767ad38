/**
 * RFC 3325 §5 and §9: identities come from this server alone, for whom it has authenticated.
 */
import { describe, expect, it } from 'vitest'
import { HeaderId } from '../../../src/sip/message/header-id.ts'
import { ServerWorld } from '../../support/server-world.ts'
import { sendInvite, signedIn } from '../../support/sessions.ts'
import { WireClient } from '../../support/wire-client.ts'

const lies = [
  ['P-Asserted-Identity', '<sip:boss@example.test>'],
  ['p-asserted-identity', '<tel:+1>'],
  ['P-Preferred-Identity', '<sip:boss@example.test>'],
  ['Remote-Party-ID', '<sip:boss@example.test>;party=calling'],
] as const

describe.each([1, 3])('RFC 3325 §5 identities at %i workers', (workers) => {
  async function pair() {
    const world = await ServerWorld.start({ workers })
    return signedIn(new WireClient(world, 'alice'), new WireClient(world, 'bob'))
  }

  it('MUST replace what a user asserts of himself by what he has proved', async () => {
    const [alice, bob] = await pair()
    sendInvite(alice, 'bob', { headers: lies })
    const invite = bob.request('INVITE')
    expect(invite.all(HeaderId.pAssertedIdentity)).toEqual(['<sip:alice@example.test>'])
    expect(invite.has(HeaderId.pPreferredIdentity)).toBe(false)
    expect(invite.named('Remote-Party-ID')).toBeNull()
  })

  it('in a MESSAGE too', async () => {
    const [alice, bob] = await pair()
    bob.answerWith = 200
    alice.message('bob', 'hi', { headers: lies })
    expect(bob.request('MESSAGE').all(HeaderId.pAssertedIdentity)).toEqual(['<sip:alice@example.test>'])
  })

  it('a response MUST lose what a device asserts in it', async () => {
    const [alice, bob] = await pair()
    const branch = sendInvite(alice, 'bob')
    bob.respond(bob.request('INVITE'), 200, lies.slice(0, 2))
    expect(alice.final(branch).has(HeaderId.pAssertedIdentity)).toBe(false)
  })

  it('§9.3: with Privacy: id no identity is given to a device', async () => {
    const [alice, bob] = await pair()
    sendInvite(alice, 'bob', { headers: [['Privacy', 'header; ID'], ...lies] })
    const invite = bob.request('INVITE')
    expect(invite.has(HeaderId.pAssertedIdentity)).toBe(false)
    expect(invite.first(HeaderId.privacy)).toBe('header; ID')
  })
})
