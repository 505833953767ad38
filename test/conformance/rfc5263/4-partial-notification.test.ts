/**
 * RFC 5263: a watcher that reads partial presence gets the whole first and then what has changed; whatever is
 * published, dropped or delayed, it ends with the newest state.
 */
import { Buffer } from 'node:buffer'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HeaderId } from '../../../src/sip/message/header-id.ts'
import { PartialReader, partialType, readsPartial } from '../../support/partial-reader.ts'
import { presence, presenceDocument, said } from '../../support/presence-documents.ts'
import { aorOf, ServerWorld } from '../../support/server-world.ts'
import { pidf, publish, refresh, subscribe } from '../../support/watching.ts'
import { WireClient } from '../../support/wire-client.ts'

/** Long enough that a difference is shorter. */
function state(activity: string, tuples = ['t1', 't2']): string {
  const services = tuples.map((id) => `<tuple id="${id}"><status><basic>open</basic></status></tuple>`)
  const person = `<dm:person id="p"><r:activities><r:${activity}/></r:activities><dm:note>working</dm:note></dm:person>`
  return presence(services.join('') + person, 'sip:bob@example.test')
}

describe.each([1, 3])('RFC 5263 partial notification at %i workers', (workers) => {
  async function people(headers: readonly (readonly [string, string])[] = readsPartial) {
    const world = await ServerWorld.start({ workers, users: ['alice', 'bob', 'carol'] })
    const [alice, bob] = [new WireClient(world, 'alice'), new WireClient(world, 'bob')]
    alice.register()
    bob.register()
    publish(bob, state('meeting'))
    const made = subscribe(alice, 'bob', { headers })
    world.advance(1_000)
    const reader = new PartialReader(alice)
    reader.read()
    const change = (body: string) => {
      publish(bob, body)
      world.advance(1_000)
    }
    return { world, alice, bob, made, reader, change }
  }

  it('§4.3: the whole comes first, then differences, each with the next version', async () => {
    const { reader, change } = await people()
    expect(reader.came).toEqual(['full 1'])
    for (const body of [state('busy'), state('busy', ['t1']), state('lunch', ['t1', 't3'])]) {
      change(body)
      expect(said(reader.read())).toEqual(said(presenceDocument(body)))
    }
    expect(reader.came).toEqual(['full 1', 'diff 2', 'diff 3', 'diff 4'])
  })

  it('§4.3: where the difference is no shorter the whole is sent', async () => {
    const { reader, change } = await people()
    change(pidf('bob', 'another document altogether'))
    reader.read()
    expect(reader.came).toEqual(['full 1', 'full 2'])
  })

  it('§4.4: a refresh gets the whole, and the version goes on', async () => {
    const { world, alice, made, reader, change } = await people()
    change(state('busy'))
    refresh(alice, made, { headers: readsPartial })
    world.advance(1_000)
    change(state('lunch'))
    reader.read()
    expect(reader.came).toEqual(['full 1', 'diff 2', 'full 3', 'diff 4'])
  })

  it('§4.1: who would rather have whole documents gets those, and may ask anew with a refresh', async () => {
    const plain = await people([['Accept', `application/pidf+xml, ${partialType};q=0.5`]])
    plain.change(state('busy'))
    plain.reader.read()
    expect(plain.reader.came).toEqual(['plain', 'plain'])
    refresh(plain.alice, plain.made, { headers: readsPartial })
    plain.world.advance(1_000)
    plain.change(state('lunch'))
    expect(said(plain.reader.read())).toEqual(said(presenceDocument(state('lunch'))))
    expect(plain.reader.came.slice(2).map((each) => each.split(' ')[0])).toEqual(['full', 'diff'])
    const only = await people([['Accept', partialType]])
    expect(only.reader.came).toEqual(['full 1'])
  })

  it('§4.4: a NOTIFY that the watcher would not take now is followed by the whole', async () => {
    const { world, alice, reader, change } = await people()
    alice.answerWith = null
    change(state('busy'))
    alice.respond(alice.requests('NOTIFY').at(-1)!, 503, [['Retry-After', '5']])
    world.advance(1)
    alice.answerWith = 200
    world.advance(10_000)
    change(state('lunch'))
    // What the watcher refused it has not read.
    expect(alice.requests('NOTIFY').map((notify) => Buffer.from(notify.body).includes('pidf-full'))).toEqual([
      true,
      false,
      true,
      false,
    ])
    expect(said(reader.read())).toEqual(said(presenceDocument(state('lunch'))))
  })

  it('§4.3: several watchers of one state get the same difference, made once', async () => {
    const { world, reader, change } = await people()
    const others = ['carol', 'carol'].map((name) => new WireClient(world, name, { worker: 0 }))
    for (const [index, other] of others.entries()) {
      other.register()
      subscribe(other, 'bob', { headers: readsPartial, callId: `other-${index}` })
    }
    world.advance(1_000)
    change(state('busy'))
    const bodies = others.map((other) => other.requests('NOTIFY').at(-1)!.body.toString())
    expect(bodies[0]).toContain('<p:pidf-diff')
    expect(new Set(bodies).size).toBe(1)
    reader.read()
    expect(reader.came.at(-1)).toBe('diff 2')
  })

  it('P2: nothing of what is seen reaches over a polite block in a difference', async () => {
    const { world, alice, reader, change } = await people()
    const rule = (verdict: 'polite-block' | 'allow') =>
      world.policy('bob', { act: 'set-user-rule', rule: verdict, watchers: [aorOf('alice')] })
    rule('polite-block')
    world.advance(1_000)
    expect(reader.read().persons).toEqual([])
    change(state('busy'))
    expect(alice.requests('NOTIFY')).toHaveLength(2)
    rule('allow')
    world.advance(1_000)
    expect(said(reader.read())).toEqual(said(presenceDocument(state('busy'))))
    expect(reader.came).toEqual(['full 1', 'full 2', 'full 3'])
  })

  it('§4.4: after a restart the whole comes first, with a version above all before', async () => {
    const { world, alice, bob, reader, change } = await people()
    for (const activity of ['busy', 'lunch', 'meeting']) change(state(activity))
    reader.read()
    const next = await world.restart()
    const [again, publisher] = [alice, bob].map(({ name, instance }) => new WireClient(next, name, { instance })) as [
      WireClient,
      WireClient,
    ]
    again.register()
    publisher.register()
    next.advance(1_000)
    const later = new PartialReader(again)
    later.version = reader.version
    expect(said(later.read())).toEqual(said(presenceDocument(state('meeting'))))
    expect(later.came[0]).toMatch(/^full /)
    publish(publisher, state('travel'))
    next.advance(1_000)
    expect(said(later.read())).toEqual(said(presenceDocument(state('travel'))))
    expect(later.came.at(-1)).toMatch(/^diff /)
  })
})

it('§4.5: whatever is published, and however slowly it is answered, the watcher ends with the newest', async () => {
  const activity = fc.constantFrom('busy', 'lunch', 'meeting', 'travel', 'vacation')
  const tuples = fc.uniqueArray(fc.constantFrom('t1', 't2', 't3', 't4'), { minLength: 1 })
  const step = fc.record({ activity, tuples, waitMs: fc.constantFrom(0, 10, 300, 2_000), answers: fc.boolean() })
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
      const world = await ServerWorld.start({ workers: 3 })
      const [alice, bob] = [new WireClient(world, 'alice'), new WireClient(world, 'bob')]
      alice.register()
      bob.register()
      subscribe(alice, 'bob', { headers: readsPartial })
      const reader = new PartialReader(alice)
      for (const { activity, tuples, waitMs, answers } of steps) {
        alice.answerWith = answers ? 200 : null
        publish(bob, state(activity, tuples))
        world.advance(waitMs)
        if (!answers) for (const notify of alice.requests('NOTIFY')) alice.respond(notify, 200)
      }
      alice.answerWith = 200
      world.advance(5_000)
      const last = steps.at(-1)!
      expect(said(reader.read())).toEqual(said(presenceDocument(state(last.activity, last.tuples))))
      const ofBodies = alice.requests('NOTIFY').filter((notify) => notify.first(HeaderId.contentType) !== null)
      expect(ofBodies).toHaveLength(reader.came.length)
    }),
    { numRuns: 40 },
  )
})
