/**
 * RFC 3261 §17.1.2 for requests of the server itself, a NOTIFY above all: by a stream they have no transaction object,
 * by UDP they have one, and nobody can tell.
 */
import { describe, expect, it } from 'vitest'
import { encodeResponse } from '../../../src/sip/message/encode.ts'
import { ServerWorld } from '../../support/server-world.ts'
import { pidf, publish, told } from '../../support/watching.ts'
import { WireClient } from '../../support/wire-client.ts'

describe.each(['tcp', 'udp', 'wss'] as const)('RFC 3261 §17.1.2: a request of our own by %s', (transport) => {
  /** Alice watches Bob and has answered nothing yet. */
  async function watching() {
    const world = await ServerWorld.start()
    const alice = new WireClient(world, 'alice', { transport })
    const bob = new WireClient(world, 'bob')
    alice.register()
    bob.register()
    alice.answerWith = null
    const headers = [
      ['Event', 'presence'],
      ['Expires', '600'],
      ['Contact', `<${alice.contact}>`],
    ] as const
    alice.authenticated('SUBSCRIBE', { uri: bob.aor, callId: 'watch', headers })
    const notify = alice.requests('NOTIFY')[0]!
    /** Whether the subscription stands: then a change is told. */
    const isToldMore = (): boolean => {
      alice.answerWith = 200
      publish(bob, pidf('bob', 'more'))
      world.advance(1_000)
      return told(alice).includes('active more')
    }
    return { world, alice, bob, notify, isToldMore }
  }

  it('ends without an answer after 64·T1, and not before', async () => {
    const early = await watching()
    early.world.advance(31_900)
    early.alice.respond(early.notify, 200)
    expect(early.isToldMore()).toBe(true)
    const late = await watching()
    late.world.advance(32_200)
    late.alice.respond(late.notify, 200)
    expect(late.isToldMore()).toBe(false)
  })

  it('ends each by its own time, also when the one before was answered', async () => {
    const { world, alice, bob, notify, isToldMore } = await watching()
    world.advance(20_000)
    alice.respond(notify, 200)
    publish(bob, pidf('bob', 'second'))
    world.advance(31_000)
    const second = alice.requests('NOTIFY').at(-1)!
    expect(told(alice)).toContain('active second')
    alice.respond(second, 200)
    expect(isToldMore()).toBe(true)
  })

  it('waits on after a provisional response', async () => {
    const { world, alice, notify, isToldMore } = await watching()
    alice.respond(notify, 183)
    world.advance(30_000)
    alice.respond(notify, 202)
    expect(isToldMore()).toBe(true)
  })

  it('is not ended by what names another method in CSeq, nor by what comes by another flow (§17.1.3)', async () => {
    const { world, alice, bob, notify, isToldMore } = await watching()
    bob.respond(notify, 481)
    bob.respond(notify, 200)
    const answer = encodeResponse(notify, 200, { toTag: 'a' }).toString().replace(' NOTIFY\r\n', ' MESSAGE\r\n')
    alice.sendBytes(answer)
    publish(bob, pidf('bob', 'kept back'))
    world.advance(1_000)
    expect([said(alice), world.metric('meridian_unmatched_total')?.value]).toEqual([['active open'], 3])
    alice.answerWith = 200
    alice.respond(notify, 200)
    expect(isToldMore()).toBe(true)
  })

  it.each<readonly [string, (answer: string) => string]>([
    ['compact names and other cases', (text) => text.replace('Via:', 'v:').replace(';branch=', ';BRANCH=')],
    ['a folded Via', (text) => text.replace(';branch=', '\r\n ;branch=')],
    ['blanks in Via', (text) => text.replace(';branch=', ' ; branch = ')],
    ['a parameter with a quoted text', (text) => text.replace(';branch=', ';x=";branch=z9hG4bKno";branch=')],
    ['a second Via below ours', (text) => text.replace('\r\nFrom:', '\r\nVia: SIP/2.0/TCP a;branch=z9hG4bKa\r\nFrom:')],
    ['blanks in CSeq', (text) => text.replace(' NOTIFY\r\n', ' \t NOTIFY\r\n')],
  ])('is ended by a success with %s', async (_, change) => {
    const { world, alice, bob, notify } = await watching()
    const answer = encodeResponse(notify, 200, { toTag: 'a' }).toString()
    expect(change(answer)).not.toBe(answer)
    alice.sendBytes(change(answer))
    publish(bob, pidf('bob', 'more'))
    world.advance(1_000)
    expect(told(alice)).toContain('active more')
  })

  it('is not ended by a success without what every response has (§8.1.1)', async () => {
    const { world, alice, bob, notify } = await watching()
    const answer = encodeResponse(notify, 200, { toTag: 'a' }).toString()
    for (const name of ['From', 'To', 'Call-ID', 'CSeq', 'Via']) alice.sendBytes(without(answer, name))
    alice.sendBytes(answer.replace('\r\nFrom:', '\r\nCall-ID: another\r\nFrom:'))
    publish(bob, pidf('bob', 'more'))
    world.advance(1_000)
    expect([said(alice), world.metric('meridian_malformed_total')?.value]).toEqual([['active open'], 6])
  })

  it('ends with its flow', async () => {
    const { world, alice, bob } = await watching()
    alice.close('transport.reset')
    publish(bob, pidf('bob', 'meanwhile'))
    const back = new WireClient(world, 'alice', { transport, instance: alice.instance })
    back.register()
    world.advance(1_000)
    expect(told(back)).toEqual(['active meanwhile'])
  })
})

/** What was told, whatever UDP repeats. */
function said(watcher: WireClient): readonly string[] {
  return [...new Set(told(watcher))]
}

function without(answer: string, name: string): string {
  const lines = answer.split('\r\n')
  return lines.filter((line) => !line.startsWith(`${name}:`)).join('\r\n')
}
