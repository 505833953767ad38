/**
 * P4: a message that makes our code throw costs its sender an answer and nobody else anything. The fault is
 * planted in the seals, which the edge uses while it reads a request and while it forwards one.
 */
import { describe, expect, it } from 'vitest'
import type { Seals } from '../../src/ports/seals.ts'
import { ServerWorld } from '../support/server-world.ts'
import { establish, sendInvite, sendWithin, signedIn } from '../support/sessions.ts'
import { WireClient } from '../support/wire-client.ts'

/** Route tokens of dialogs with `crash@example.test` cannot be made, nor those opened that say so. */
function faulty(usual: Seals): Seals {
  return {
    mac: (purpose, text) => usual.mac(purpose, text),
    seal: (purpose, text) => {
      if (purpose === 'record-route' && text.includes('sip:crash@')) throw new Error('planted: seal')
      return usual.seal(purpose, text)
    },
    open: (purpose, token) => {
      if (token.startsWith('crash')) throw new Error('planted: open')
      return usual.open(purpose, token)
    },
  }
}

const crashingRoute = ['Route', '<sip:crash@192.0.2.1:5060;lr>'] as const
let calls = 0

describe.each([1, 3])('P4 failures of our own code at %i workers', (workers) => {
  async function pair() {
    const world = await ServerWorld.start({ workers, users: ['alice', 'bob', 'carol', 'crash'], seals: faulty })
    const [alice, bob, carol, crash] = signedIn(
      new WireClient(world, 'alice', { address: '192.0.2.10' }),
      new WireClient(world, 'bob', { address: '192.0.2.11' }),
      // On alice's worker: what was learnt of a message is its worker's.
      new WireClient(world, 'carol', { address: '192.0.2.12', worker: 0 }),
      new WireClient(world, 'crash', { address: '192.0.2.13' }),
    )
    return { world, alice, bob, carol, crash }
  }

  /** A request whose Route makes the edge throw, the same one with a new Call-ID each time. */
  function crashing(client: WireClient, subject: string): number {
    const to = '<sip:bob@example.test>;tag=1'
    const headers = [crashingRoute, ['Subject', subject] as const]
    const callId = `crash-${calls++}`
    return client.final(client.send('INFO', { uri: 'sip:bob@example.test', to, headers, callId })).statusCode
  }

  it('an exception while a request is read is a 500, logged with its cause', async () => {
    const { world, alice } = await pair()
    expect(crashing(alice, 'a')).toBe(500)
    const [failure] = world.log.filter(({ event }) => event === 'edge.unit-failed')
    expect(failure?.fields).toMatchObject({ who: 'sip:alice@example.test', what: 'INFO' })
  })

  it('an exception while it is forwarded is a 500 too, and ends no worker', async () => {
    const { world, alice, bob, crash } = await pair()
    const branch = sendInvite(alice, 'crash')
    expect(alice.final(branch).statusCode).toBe(500)
    expect(crash.requests('INVITE')).toHaveLength(0)
    expect(world.logged('edge.unit-failed')).toBe(1)
    const session = establish(alice, bob, { callId: 'after' })
    sendWithin(alice, session.caller, 'BYE')
    expect(bob.requests('BYE')).toHaveLength(1)
  })

  it('two failures of one message refuse it, whatever its Call-ID and whoever sends it', async () => {
    const { alice, carol } = await pair()
    expect([crashing(alice, 'same'), crashing(carol, 'same')]).toEqual([500, 500])
    expect([crashing(alice, 'same'), crashing(carol, 'same')]).toEqual([503, 503])
    expect(crashing(alice, 'another')).toBe(500)
  })

  it('three failures of one account refuse it for a minute, and nobody else', async () => {
    const { world, alice, bob, carol } = await pair()
    for (const subject of ['1', '2', '3']) expect(crashing(alice, subject)).toBe(500)
    const ping = () => alice.final(alice.send('OPTIONS', { uri: 'sip:example.test' })).statusCode
    expect(ping()).toBe(503)
    sendInvite(carol, 'bob')
    expect(bob.requests('INVITE')).toHaveLength(1)
    world.advance(61_000)
    expect(ping()).toBe(200)
  })

  it('three failures of an address refuse what has not signed in there, and nobody who has', async () => {
    const { world, bob } = await pair()
    const stranger = new WireClient(world, 'alice', { address: bob.address, worker: bob.worker })
    for (const subject of ['1', '2', '3']) expect(crashing(stranger, subject)).toBe(500)
    expect(stranger.final(stranger.send('OPTIONS', { uri: 'sip:example.test' })).statusCode).toBe(503)
    expect(bob.final(bob.send('OPTIONS', { uri: 'sip:example.test' })).statusCode).toBe(200)
  })

  it('three failing forwards of one account refuse it where they failed', async () => {
    const { world, alice, crash } = await pair()
    for (const callId of ['1', '2', '3']) {
      sendInvite(alice, 'crash', { callId, headers: [['Subject', callId]] })
    }
    expect(world.logged('edge.unit-failed')).toBe(3)
    alice.send('INFO', { uri: 'sip:crash@example.test' })
    expect(crash.requests('INFO')).toHaveLength(0)
    world.advance(61_000)
    alice.send('INFO', { uri: 'sip:crash@example.test' })
    expect(crash.requests('INFO')).toHaveLength(1)
  })

  it('nothing is left behind by a failure', async () => {
    const { world, alice } = await pair()
    crashing(alice, 'x')
    sendInvite(alice, 'crash')
    world.advance(40_000)
    for (const core of world.cores) expect(core.edge.load).toMatchObject({ pending: 0, transactions: 0, sent: 0 })
  })
})
