/**
 * RFC 5264: a device publishes what has changed of what it published before; what does not fit changes nothing.
 */
import { Buffer } from 'node:buffer'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type PresenceDocument, writePidf, writePidfDiff, writePidfFull } from '../../../src/documents/index.ts'
import { parseXml, type XmlElement } from '../../../src/xml/index.ts'
import { partialType } from '../../support/partial-reader.ts'
import { anyPresenceDocument, presence, presenceDocument, said } from '../../support/presence-documents.ts'
import { ServerWorld } from '../../support/server-world.ts'
import { entityTag, pidf, publish, subscribe } from '../../support/watching.ts'
import { WireClient } from '../../support/wire-client.ts'

const bobs = 'sip:bob@example.test'
const whole = presence(
  '<tuple id="t1"><status><basic>open</basic></status><note>at my desk</note></tuple>' +
    '<dm:person id="p"><r:activities><r:meeting/></r:activities></dm:person>',
  bobs,
)

function change(operations: string, entity = bobs): string {
  return (
    `<p:pidf-diff xmlns="urn:ietf:params:xml:ns:pidf" xmlns:p="urn:ietf:params:xml:ns:pidf-diff" entity="${entity}">` +
    `${operations}</p:pidf-diff>`
  )
}

const closes = '<p:replace sel="*/tuple[@id=\'t1\']/status/basic/text()">closed</p:replace>'

function publishPartial(user: WireClient, body: string, tag: string | null) {
  const headers = [['Event', 'presence'] as const, ...(tag === null ? [] : [['SIP-If-Match', tag] as const])]
  return user.final(user.send('PUBLISH', { uri: user.aor, headers, contentType: partialType, body }))
}

function root(bytes: Uint8Array): XmlElement {
  const parsed = parseXml(bytes)
  if (!parsed.ok) throw new Error(parsed.text)
  return parsed.root
}

describe.each([1, 3])('RFC 5264 partial publication at %i workers', (workers) => {
  async function people() {
    const world = await ServerWorld.start({ workers })
    const [alice, bob] = [new WireClient(world, 'alice'), new WireClient(world, 'bob')]
    alice.register()
    bob.register()
    subscribe(alice, 'bob')
    world.advance(1_000)
    const seen = () => {
      world.advance(1_000)
      return presenceDocument(alice.requests('NOTIFY').at(-1)!.body)
    }
    return { world, bob, seen }
  }

  it('§4: a change of what was published is what watchers see, under a new entity tag', async () => {
    const { bob, seen } = await people()
    const tag = entityTag(publish(bob, whole))
    const answer = publishPartial(bob, change(closes), tag)
    expect(answer.statusCode).toBe(200)
    expect(entityTag(answer)).not.toBe(tag)
    const { tuples, persons } = seen()
    expect([tuples[0]?.basic, tuples[0]?.notes[0]?.text, persons.length]).toEqual(['closed', 'at my desk', 1])
    const again = change('<p:remove sel="*/tuple[@id=\'t1\']/note"/>')
    expect(publishPartial(bob, again, entityTag(answer)).statusCode).toBe(200)
    expect(seen().tuples[0]).toMatchObject({ basic: 'closed', notes: [] })
    expect(publishPartial(bob, again, tag).statusCode).toBe(412)
  })

  it('§4: the whole may come as pidf-full, with a publication or without', async () => {
    const { bob, seen } = await people()
    const full = (text: string) => Buffer.from(writePidfFull(root(Buffer.from(text)), 7)).toString()
    const answer = publishPartial(bob, full(whole), null)
    expect(answer.statusCode).toBe(200)
    expect(said(seen())).toEqual(said(presenceDocument(whole)))
    const other = pidf('bob', 'another whole').replace('pres:', 'sip:')
    expect(publishPartial(bob, full(other), entityTag(answer)).statusCode).toBe(200)
    expect(said(seen())).toEqual(said(presenceDocument(other)))
  })

  it.each([
    ['what it selects is not there', change(closes.replace('t1', 't2')), 400, 'partial-does-not-fit'],
    ['an operation is none', change('<p:move sel="*"/>'), 400, 'partial-does-not-fit'],
    [
      'no presence comes out',
      change('<p:replace sel="*/tuple/status/basic/text()">ajar</p:replace>'),
      400,
      'bad-basic',
    ],
    ['an id comes out twice', change('<p:add sel="*"><tuple id="t1"><status/></tuple></p:add>'), 400, 'duplicate-id'],
    ['another entity comes out', change('<p:replace sel="*/@entity">sip:a@b.test</p:replace>'), 400, 'wrong-entity'],
    ['it is about another', change(closes, 'sip:alice@example.test'), 400, 'wrong-entity'],
    [
      'too much comes out',
      change(`<p:add sel="*"><note>${'x'.repeat(65_400)}</note></p:add>`),
      413,
      'document-too-large',
    ],
    ['it has no entity', change(closes).replace(/ entity="[^"]*"/, ''), 400, 'partial-malformed'],
    ['it is another format', whole, 400, 'no-presence'],
    ['it has a DTD', `<!DOCTYPE x [<!ENTITY e "x">]>${change(closes)}`, 400, 'dtd'],
    ['it is no XML', change(closes).slice(0, -1), 400, 'not-well-formed'],
  ])('§4: where %s it is refused, changes nothing, and is counted', async (_what, body, status, event) => {
    const { world, bob, seen } = await people()
    const tag = entityTag(publish(bob, whole))
    expect(publishPartial(bob, body, tag).statusCode).toBe(status)
    expect(said(seen())).toEqual(said(presenceDocument(whole)))
    expect(world.metric('meridian_presence_refused_total', { reason: `presence.${event}` })?.value).toBe(1)
    expect(publish(bob, null, [['SIP-If-Match', tag]]).statusCode).toBe(200)
  })

  it('§4: a change without a publication is 400, one of a publication that is gone 412', async () => {
    const { bob, seen } = await people()
    expect(publishPartial(bob, change(closes), null).statusCode).toBe(400)
    const tag = entityTag(publish(bob, whole))
    publish(bob, null, [
      ['SIP-If-Match', tag],
      ['Expires', '0'],
    ])
    expect(publishPartial(bob, change(closes), tag).statusCode).toBe(412)
    expect(seen().persons).toEqual([])
  })

  it('P1: what it changes is there after a restart', async () => {
    const { world, bob } = await people()
    const tag = entityTag(publishPartial(bob, change(closes), entityTag(publish(bob, whole))))
    const next = await world.restart()
    const [alice, again] = [new WireClient(next, 'alice'), new WireClient(next, 'bob', { instance: bob.instance })]
    alice.register()
    again.register()
    expect(publishPartial(again, change('<p:remove sel="*/tuple/note"/>'), tag).statusCode).toBe(200)
    subscribe(alice, 'bob')
    next.advance(1_000)
    expect(presenceDocument(alice.requests('NOTIFY').at(-1)!.body).tuples[0]).toMatchObject({
      basic: 'closed',
      notes: [],
    })
  })
})

it('§4: any sequence of changes makes the document that the device has', async () => {
  const documents = fc.array(anyPresenceDocument, { minLength: 2, maxLength: 6 })
  const kept = { notes: [], timestampMs: null, statusElements: [], elements: [], attributes: [] }
  const always = { ...kept, id: 'always', basic: 'open', contact: null } as const
  /** The persons and devices of the first, the rest of another. */
  const mixed = ([first, ...others]: readonly PresenceDocument[]): readonly PresenceDocument[] => {
    const taken = new Set([...first!.persons, ...first!.devices].map(({ id }) => id))
    return [first!, ...others].map(({ tuples, notes }) => {
      return { ...first!, elements: [], notes, tuples: [always, ...tuples.filter(({ id }) => !taken.has(id))] }
    })
  }
  let changesCount = 0
  await fc.assert(
    fc.asyncProperty(documents, async (drawn) => {
      const world = await ServerWorld.start()
      const [alice, bob] = [new WireClient(world, 'alice'), new WireClient(world, 'bob')]
      alice.register()
      bob.register()
      const [first, ...others] = mixed(drawn).map((each) => writePidf(each))
      let [tag, before] = [entityTag(publish(bob, Buffer.from(first!).toString())), first!]
      for (const after of others) {
        const diff = writePidfDiff(root(before), root(after), 1)
        if (diff) changesCount++
        const body = Buffer.from(diff ?? after).toString()
        const answer = diff ? publishPartial(bob, body, tag) : publish(bob, body, [['SIP-If-Match', tag]])
        expect(answer.statusCode).toBe(200)
        tag = entityTag(answer)
        before = after
      }
      subscribe(alice, 'bob')
      world.advance(1_000)
      expect(said(presenceDocument(alice.requests('NOTIFY').at(-1)!.body))).toEqual(said(presenceDocument(before)))
    }),
    { numRuns: 60 },
  )
  expect(changesCount).toBeGreaterThan(20)
})
