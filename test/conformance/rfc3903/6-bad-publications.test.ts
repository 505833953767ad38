/**
 * RFC 3903 §6: what a PUBLISH may get wrong. Each is answered with its own status, changes neither what is published
 * nor what watchers see, leaves the entity tag good, and is counted.
 */
import { describe, expect, it } from 'vitest'
import type { SipMessage } from '../../../src/sip/message/sip-message.ts'
import { ServerWorld } from '../../support/server-world.ts'
import { entityTag, pidf, publish, subscribe, told } from '../../support/watching.ts'
import type { RequestParts } from '../../support/wire-client.ts'
import { WireClient } from '../../support/wire-client.ts'

type Headers = readonly (readonly [string, string])[]

const presenceEvent = ['Event', 'presence'] as const
const good = pidf('bob', 'new')
const contentType = 'application/pidf+xml'

/** Ten entities, each ten times the one before: 10^10 characters if it were ever expanded. */
const laughs = `<!DOCTYPE presence [<!ENTITY a0 "ha">${Array.from(
  { length: 10 },
  (_, at) => `<!ENTITY a${at + 1} "${`&a${at};`.repeat(10)}">`,
).join('')}]>${pidf('bob', '&a10;')}`
const external = `<!DOCTYPE presence [<!ENTITY e SYSTEM "file:///etc/passwd">]>${pidf('bob', '&e;')}`

async function people(workers = 1) {
  const world = await ServerWorld.start({ workers })
  const [alice, bob] = [new WireClient(world, 'alice'), new WireClient(world, 'bob')]
  alice.register()
  bob.register()
  subscribe(alice, 'bob')
  const tag = entityTag(publish(bob, pidf('bob', 'before')))
  world.advance(1_000)
  const refusals = (event: string) => world.metric('meridian_presence_refused_total', { reason: `presence.${event}` })
  return { world, alice, bob, tag, refusals }
}

const body = (text: string): RequestParts => ({ headers: [presenceEvent], contentType, body: text })

describe.each([1, 3])('RFC 3903 §6 bad publications at %i workers', (workers) => {
  it.each<[string, RequestParts, number, string]>([
    ['no package', { contentType, body: good }, 489, 'bad-event'],
    ['another package', { headers: [['Event', 'dialog']], contentType, body: good }, 489, 'bad-event'],
    ['somebody else', { ...body(pidf('alice', 'x')), uri: 'sip:alice@example.test' }, 403, 'not-oneself'],
    ['no document', { headers: [presenceEvent] }, 400, 'no-document'],
    ['an empty Content-Type', { ...body(good), contentType: '' }, 415, 'media-type'],
    ['another Content-Type', { ...body(good), contentType: 'text/plain' }, 415, 'media-type'],
    ['a document of 64 KB and one', body(good.padEnd(64 * 1024 + 1)), 413, 'document-too-large'],
    ['a malformed Expires', { ...body(good), headers: [presenceEvent, ['Expires', 'soon']] }, 400, 'bad-expires'],
    ['too short an Expires', { ...body(good), headers: [presenceEvent, ['Expires', '1']] }, 423, 'too-brief'],
    ['an invented tag', { ...body(good), headers: tagged('0123456789.1.abcdef') }, 412, 'unknown-entity-tag'],
    ['an empty tag', { ...body(good), headers: tagged('') }, 412, 'unknown-entity-tag'],
    ['half a document', body(good.slice(0, -5)), 400, 'not-well-formed'],
    ['no XML', body('{"basic":"open"}'), 400, 'not-well-formed'],
    ['entities that grow', body(laughs), 400, 'dtd'],
    ['an entity from a file', body(external), 400, 'dtd'],
    ['an entity that nobody declared', body(pidf('bob', '&who;')), 400, 'not-well-formed'],
    ['40 levels', body(pidf('bob', `${'<a>'.repeat(40)}${'</a>'.repeat(40)}`)), 400, 'too-deep'],
    ['11,000 elements', body(pidf('bob', '<a/>'.repeat(11_000))), 400, 'too-many-nodes'],
    ['another root', body('<presence/>'), 400, 'no-presence'],
    ['no entity', body(good.replace(/ entity="[^"]*"/, '')), 400, 'no-entity'],
    ['another entity', body(pidf('alice', 'x')), 400, 'wrong-entity'],
    ['an entity that is no address', body(good.replace('pres:bob@example.test', 'bob')), 400, 'wrong-entity'],
    ['one id twice', body(good.replace('</presence>', `${tuple('a')}</presence>`)), 400, 'duplicate-id'],
    ['a tuple without id', body(good.replace(' id="a"', '')), 400, 'bad-tuple'],
    ['a third basic', body(pidf('bob', 'x', 'ajar')), 400, 'bad-basic'],
    ['no time', body(good.replace('</tuple>', '<timestamp>now</timestamp></tuple>')), 400, 'bad-timestamp'],
  ])('%s', async (_what, parts, status, event) => {
    const { world, alice, bob, tag, refusals } = await people(workers)
    const send = (): SipMessage => bob.final(bob.send('PUBLISH', { uri: bob.aor, ...parts }))
    expect(send().statusCode).toBe(status)
    expect(refusals(event)?.value).toBe(1)
    world.advance(10_000)
    expect(told(alice).at(-1)).toBe('active before')
    expect(publish(bob, null, [['SIP-If-Match', tag]]).statusCode).toBe(200)
  })

  it.each<[string, string]>([
    ['no XML', 'x'],
    ['another entity', pidf('alice', 'x')],
    ['entities that grow', laughs],
  ])('a change to %s leaves the publication as it was', async (_what, text) => {
    const { world, alice, bob, tag } = await people(workers)
    expect(publish(bob, text, [['SIP-If-Match', tag]]).statusCode).toBe(400)
    world.advance(10_000)
    expect(told(alice).at(-1)).toBe('active before')
    expect(publish(bob, good, [['SIP-If-Match', tag]]).statusCode).toBe(200)
  })

  it('more publications than a user may have: 503 with Retry-After, and those that stand go on', async () => {
    const { world, alice, bob, tag, refusals } = await people(workers)
    // Of no device: what a device publishes anew replaces what it published before.
    const unknown = new WireClient(world, 'bob')
    unknown.authenticated('PUBLISH', { uri: unknown.aor, ...body('no document') })
    for (let count = 1; count < 32; count++) expect(publish(unknown, good).statusCode).toBe(200)
    const refused = publish(unknown, good)
    expect([refused.statusCode, refused.named('Retry-After')]).toEqual([503, '60'])
    expect(refusals('too-many-publications')?.value).toBe(1)
    world.advance(1_000)
    expect(told(alice).at(-1)).toBe('active new')
    expect(publish(bob, null, [['SIP-If-Match', tag]]).statusCode).toBe(200)
  })

  it('two in one millisecond: the one that came second is what watchers see, over a restart too', async () => {
    const { world, alice, bob } = await people(workers)
    for (const note of ['first', 'second']) {
      bob.send('PUBLISH', { uri: bob.aor, callId: note, ...body(pidf('bob', note)) })
    }
    world.settle()
    world.advance(1_000)
    expect(told(alice).at(-1)).toBe('active second')
    const next = await world.restart()
    const watcher = new WireClient(next, 'alice')
    watcher.register()
    new WireClient(next, 'bob', { instance: bob.instance }).register()
    subscribe(watcher, 'bob')
    next.advance(1_000)
    expect(told(watcher).at(-1)).toBe('active second')
  })

  it('one that comes twice is one publication', async () => {
    const { bob, world } = await people(workers)
    const branch = 'z9hG4bK-twice'
    const bytes = bob.encode('PUBLISH', { uri: bob.aor, branch, callId: 'twice', cseq: 900, ...body(good) })
    bob.sendBytes(bytes)
    const first = bob.final(branch)
    bob.sendBytes(bytes)
    world.settle()
    const shown = world.presence('bob', { act: 'show' })
    expect(first.statusCode).toBe(200)
    expect(shown.ok && shown.sources).toHaveLength(1)
  })
})

function tagged(tag: string): Headers {
  return [presenceEvent, ['SIP-If-Match', tag]]
}

function tuple(id: string): string {
  return `<tuple id="${id}"><status><basic>open</basic></status></tuple>`
}
