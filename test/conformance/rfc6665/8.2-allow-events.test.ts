/**
 * RFC 6665 §8.2.2, §8.3.2: which event packages there are, and what becomes of others.
 */
import { describe, expect, it } from 'vitest'
import { ServerWorld } from '../../support/server-world.ts'
import { subscribe } from '../../support/watching.ts'
import { WireClient } from '../../support/wire-client.ts'

const offered = 'presence, presence.winfo, message-summary, reg, xcap-diff'

describe.each([1, 3])('RFC 6665 event packages at %i workers', (workers) => {
  async function people() {
    const world = await ServerWorld.start({ workers })
    const [alice, bob] = [new WireClient(world, 'alice'), new WireClient(world, 'bob')]
    alice.register()
    bob.register()
    return { world, alice, bob }
  }

  it('§8.2.2: Allow-Events names all packages: to OPTIONS, in the 200 to SUBSCRIBE, in each 489', async () => {
    const { bob } = await people()
    const options = bob.final(bob.send('OPTIONS', { uri: 'sip:example.test' }))
    const made = subscribe(bob, 'bob', { event: 'presence' })
    const refused = ['presence.winfo.winfo', 'reg.winfo', 'message-summary.some'].map((event) => {
      return subscribe(bob, 'bob', { event })
    })
    const missing = bob.final(
      bob.send('SUBSCRIBE', { uri: bob.aor, callId: 'none', headers: [['Contact', `<${bob.contact}>`]] }),
    )
    const answers = [options, made, ...refused, missing]
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 200, 489, 489, 489, 489])
    expect(answers.map((answer) => answer.named('Allow-Events'))).toEqual(answers.map(() => offered))
  })

  it('§8.2.2: what it names is offered', async () => {
    const { bob } = await people()
    const statuses = offered.split(', ').map((event) => subscribe(bob, 'bob', { event, callId: event }).statusCode)
    expect(statuses).toEqual(offered.split(', ').map(() => 200))
  })

  it.each(['conference', 'dialog', 'x-unheard-of'])(
    '§4.5: %s is for the devices, and what they answer',
    async (event) => {
      const { world, alice, bob } = await people()
      bob.answerWith = null
      const branch = alice.send('SUBSCRIBE', {
        uri: bob.aor,
        callId: 'watch',
        headers: [
          ['Event', event],
          ['Expires', '600'],
          ['Contact', `<${alice.contact}>`],
        ],
      })
      world.advance(100)
      const request = bob.request('SUBSCRIBE')
      expect([request.named('Event'), request.callId]).toEqual([event, 'watch'])
      bob.respond(request, 202, [['Expires', '60']])
      expect(alice.final(branch).statusCode).toBe(202)
    },
  )

  it('§4.5: a device that does not know the package says so itself', async () => {
    const { world, alice, bob } = await people()
    bob.answerWith = 489
    const branch = alice.send('SUBSCRIBE', {
      uri: bob.aor,
      headers: [
        ['Event', 'conference'],
        ['Contact', `<${alice.contact}>`],
      ],
    })
    world.advance(1_000)
    expect(alice.final(branch).statusCode).toBe(489)
  })
})
