/**
 * RFC 3903: publications are made, refreshed, changed and removed by their entity tags; bad documents change nothing.
 */
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { ServerWorld } from '../../support/server-world.ts'
import { entityTag, pidf, publish, subscribe, told } from '../../support/watching.ts'
import { WireClient } from '../../support/wire-client.ts'

describe.each([1, 3])('RFC 3903 PUBLISH at %i workers', (workers) => {
  async function people() {
    const world = await ServerWorld.start({ workers })
    const [alice, bob] = [new WireClient(world, 'alice'), new WireClient(world, 'bob')]
    alice.register()
    bob.register()
    return { world, alice, bob }
  }

  it('§4.1: each answer has a new entity tag, and only the newest one counts', async () => {
    const { bob } = await people()
    const tags = [entityTag(publish(bob, pidf('bob', 'a')))]
    for (let refresh = 0; refresh < 40; refresh++) {
      const answer = publish(bob, null, [['SIP-If-Match', tags.at(-1)!]])
      expect(answer.statusCode).toBe(200)
      tags.push(entityTag(answer))
    }
    expect(new Set(tags).size).toBe(tags.length)
    expect(publish(bob, null, [['SIP-If-Match', tags[3]!]]).statusCode).toBe(412)
    expect(publish(bob, null, [['SIP-If-Match', 'invented']]).statusCode).toBe(412)
  })

  it('§6: a change, a refresh that changes nothing for watchers, a removal', async () => {
    const { world, alice, bob } = await people()
    subscribe(alice, 'bob')
    let tag = entityTag(publish(bob, pidf('bob', 'a')))
    world.advance(1_000)
    tag = entityTag(publish(bob, pidf('bob', 'b'), [['SIP-If-Match', tag]]))
    world.advance(1_000)
    tag = entityTag(publish(bob, null, [['SIP-If-Match', tag]]))
    world.advance(1_000)
    const removed = publish(bob, null, [
      ['SIP-If-Match', tag],
      ['Expires', '0'],
    ])
    expect(removed.statusCode).toBe(200)
    world.advance(1_000)
    expect(told(alice)).toEqual(['active open', 'active a', 'active b', 'active open'])
  })

  it('§6 step 4: too short an expiry is 423; a publication ends with its time', async () => {
    const { world, alice, bob } = await people()
    expect(publish(bob, pidf('bob', 'x'), [['Expires', '5']]).statusCode).toBe(423)
    publish(bob, pidf('bob', 'short'), [['Expires', '60']])
    subscribe(alice, 'bob')
    world.advance(61_000)
    expect(told(alice)).toEqual(['active short', 'active open'])
  })

  it('§4.1: after a restart any tag that may have been given out is accepted, an invented one is not', async () => {
    const { world, bob } = await people()
    const first = entityTag(publish(bob, pidf('bob', 'kept')))
    const refreshed = entityTag(publish(bob, null, [['SIP-If-Match', first]]))
    const next = await world.restart()
    const back = new WireClient(next, 'bob', { instance: bob.instance })
    back.register()
    expect(publish(back, null, [['SIP-If-Match', refreshed.replace(/^./, 'f')]]).statusCode).toBe(412)
    expect(publish(back, null, [['SIP-If-Match', refreshed]]).statusCode).toBe(200)
  })

  it.each([
    ['not XML', 'x', 'Not Well-Formed'],
    ['a DTD', `<!DOCTYPE p [<!ENTITY a "b">]>${pidf('bob', '&a;')}`, 'DTD'],
    ['unknown entities', pidf('bob', '&a;'), 'Not Well-Formed'],
    ['another user', pidf('alice', 'x'), 'Somebody Else'],
    ['two tuples of one id', pidf('bob', 'x').replace('</presence>', tuple('a', 'open')), 'Duplicate Id'],
    ['an unknown basic', pidf('bob', 'x', 'ajar'), 'Unknown Basic Status'],
    ['a deep tree', pidf('bob', `${'<a>'.repeat(40)}${'</a>'.repeat(40)}`), 'Too Deep'],
    ['too many elements', pidf('bob', '<a/>'.repeat(11_000)), 'Too Many'],
  ])('§6 step 5: %s is refused with its reason and changes nothing', async (_what, body, reason) => {
    const { world, alice, bob } = await people()
    subscribe(alice, 'bob')
    const answer = publish(bob, body)
    expect([answer.statusCode, answer.reasonPhrase]).toEqual([400, expect.stringContaining(reason)])
    world.advance(1_000)
    expect(told(alice)).toEqual(['active open'])
  })

  it('§6: another media type is 415 with Accept, another package 489', async () => {
    const { bob } = await people()
    const send = (headers: readonly (readonly [string, string])[], contentType: string) =>
      bob.final(bob.send('PUBLISH', { uri: bob.aor, headers, contentType, body: pidf('bob', 'x') }))
    const typed = send([['Event', 'presence']], 'text/plain')
    expect([typed.statusCode, typed.named('Accept')]).toEqual([415, 'application/pidf+xml, application/pidf-diff+xml'])
    expect(send([['Event', 'dialog']], 'application/pidf+xml').statusCode).toBe(489)
  })

  it('§6 (RFC 3261 §8.2.3): a coded document counts; unknown codings, broken ones and bombs do not', async () => {
    const { world, alice, bob } = await people()
    subscribe(alice, 'bob')
    const send = (body: Uint8Array, coding: string) => {
      const headers: [string, string][] = [
        ['Event', 'presence'],
        ['Content-Encoding', coding],
      ]
      const parts = { uri: bob.aor, headers, contentType: 'application/pidf+xml', body }
      const answer = bob.final(bob.send('PUBLISH', parts))
      world.advance(1_000)
      return answer
    }
    const document = Buffer.from(pidf('bob', 'x'))
    const unknown = send(document, 'br')
    expect([unknown.statusCode, unknown.named('Accept-Encoding')]).toEqual([415, 'deflate, gzip, identity'])
    expect(send(document, 'gzip').statusCode).toBe(400)
    expect(send(gzipSync(Buffer.alloc(10_000_000, ' ')), 'gzip').statusCode).toBe(413)
    expect(told(alice)).toEqual(['active open'])
    expect(send(gzipSync(document), 'gzip').statusCode).toBe(200)
    expect(told(alice)).toEqual(['active open', 'active x'])
  })
})

function tuple(id: string, basic: string): string {
  return `<tuple id="${id}"><status><basic>${basic}</basic></status></tuple></presence>`
}
