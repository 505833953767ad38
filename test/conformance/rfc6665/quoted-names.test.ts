/**
 * RFC 3261 §12.2.1.1, RFC 6665 §4.4.1: a watcher's tag and the `id` of Event are opaque to us. Clients that write them
 * as quoted strings get them back as they wrote them, and are known by what they say.
 */
import { describe, expect, it } from 'vitest'
import { HeaderId } from '../../../src/sip/message/header-id.ts'
import { parseNameAddr, writtenTag } from '../../../src/sip/message/name-addr.ts'
import { ServerWorld } from '../../support/server-world.ts'
import { WireClient } from '../../support/wire-client.ts'

const instance = 'urn:uuid:00000000-0000-4000-8000-0000000000a1'

function subscribe(alice: WireClient, tag: string, id: string, to = '<sip:bob@example.test>') {
  return alice.authenticated('SUBSCRIBE', {
    uri: 'sip:bob@example.test',
    callId: 'quoted',
    from: `"A; tag=\\"x\\" <sip:a@b>" <sip:alice@example.test>;tag=${tag}`,
    to,
    headers: [
      ['Event', `presence;id=${id}`],
      ['Expires', '600'],
      ['Contact', `<${alice.contact}>`],
    ],
  })
}

const newest = (client: WireClient) => {
  const notify = client.requests('NOTIFY').at(-1)!
  return [notify.first(HeaderId.to), notify.first(HeaderId.event)]
}

describe('a tag and an id in quotes', () => {
  it.each([
    ['"abc"', '"7"'],
    ['"a b;c"', '"7;8 \\"9\\""'],
    ['abc', '7'],
  ])('%s and %s come back as they were written, also after a refresh and a restart', async (tag, id) => {
    const world = await ServerWorld.start()
    const alice = new WireClient(world, 'alice', { instance })
    alice.register()
    const made = subscribe(alice, tag, id)
    expect(made.statusCode).toBe(200)
    const expected = [`<sip:alice@example.test>;tag=${tag}`, `presence;id=${id}`]
    expect(newest(alice)).toEqual(expected)
    const refreshed = subscribe(alice, tag, id, `<sip:bob@example.test>;tag=${made.to!.tag}`)
    world.advance(1_000)
    expect([refreshed.statusCode, newest(alice)]).toEqual([200, expected])
    const next = await world.restart()
    const back = new WireClient(next, 'alice', { instance })
    back.register()
    next.advance(1_000)
    expect(newest(back)).toEqual(expected)
  })

  it('a refresh that leaves out quotes which say nothing is of the same subscription', async () => {
    const world = await ServerWorld.start()
    const alice = new WireClient(world, 'alice')
    alice.register()
    const made = subscribe(alice, '"abc"', '"7"')
    const refreshed = subscribe(alice, 'abc', '7', `<sip:bob@example.test>;tag="${made.to!.tag}"`)
    expect(refreshed.statusCode).toBe(200)
  })
})

describe('the written tag of a value', () => {
  it.each([
    ['<sip:a@b>;tag=x', 'x'],
    ['<sip:a@b>;x="q";tag="t"', '"t"'],
    ['sip:a@b;tag="t u"', '"t u"'],
    ['"sip:a@b" <sip:a@b> ; x="tag=y" ; tag = "z"', '"z"'],
    ['sip:a@b <sip:a@b>;tag="1"', '"1"'],
    ['"n" <sip:a@b>', null],
  ])('%s', (text, tag) => {
    expect(writtenTag(text, parseNameAddr(text)!)).toBe(tag)
  })
})
