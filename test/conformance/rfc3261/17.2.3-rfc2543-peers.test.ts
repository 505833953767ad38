/**
 * RFC 3261 §17.2.3: peers of RFC 2543, whose branch has no cookie, through the proxy: copies, ACK and CANCEL find their
 * transaction by headers.
 */
import { describe, expect, it } from 'vitest'
import { ServerWorld } from '../../support/server-world.ts'
import { signedIn } from '../../support/sessions.ts'
import { WireClient } from '../../support/wire-client.ts'

const uri = 'sip:bob@example.test'

describe.each([1, 3])('RFC 3261 §17.2.3 an RFC 2543 caller at %i workers', (workers) => {
  async function called(via: string) {
    const world = await ServerWorld.start({ workers })
    const [alice, bob] = signedIn(new WireClient(world, 'alice'), new WireClient(world, 'bob'))
    alice.inbox.length = 0
    const send = (method: string, toTag = '', cseq = 5) => {
      const to = `<${uri}>${toTag}`
      const text = alice.encode(method, { uri, to, cseq, branch: 'x' }).toString()
      alice.sendBytes(text.replace(/^Via: .*$/m, `Via: SIP/2.0/TCP 192.0.2.7${via}`))
    }
    send('INVITE')
    return {
      alice,
      bob,
      send,
      answers: () => alice.inbox.map(({ cseq, statusCode }) => `${cseq?.method} ${statusCode}`),
    }
  }

  it.each([
    { via: '', what: 'no branch' },
    { via: ';branch=1', what: 'a branch without the cookie' },
    { via: ';branch=z9hG4bK', what: 'nothing but the cookie' },
  ])('with $what: a copy is absorbed, another CSeq is another request', async ({ via }) => {
    const { bob, send } = await called(via)
    send('INVITE')
    expect(bob.requests('INVITE')).toHaveLength(1)
    send('INVITE', '', 6)
    expect(bob.requests('INVITE')).toHaveLength(2)
  })

  it('the ACK of a failure is found by its To tag', async () => {
    const { alice, bob, send } = await called(';branch=1')
    bob.respond(bob.request('INVITE'), 486)
    const tag = alice.inbox.at(-1)!.to!.tag
    send('ACK', `;tag=${tag}`)
    expect(bob.requests('ACK')).toHaveLength(1)
    send('INVITE')
    expect(bob.requests('INVITE'), 'the transaction has ended with its ACK').toHaveLength(1)
  })

  it('a CANCEL finds its INVITE', async () => {
    const { bob, send, answers } = await called(';branch=1')
    const invite = bob.request('INVITE')
    bob.respond(invite, 180)
    send('CANCEL')
    bob.respond(bob.request('CANCEL'), 200)
    bob.respond(invite, 487)
    expect(answers()).toEqual(['INVITE 100', 'INVITE 180', 'CANCEL 200', 'INVITE 487'])
  })
})
