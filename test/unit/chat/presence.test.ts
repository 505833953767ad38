/**
 * Presence in the user agent: subscriptions to others (RFC 6665, RFC 3856) and its own publication (RFC 3903).
 */
import { describe, expect, it } from 'vitest'
import type { PresenceState } from '../../../src/chat/index.ts'
import { type ListedResource, type ResourceInstance, writeList } from '../../../src/documents/index.ts'
import { type Aor, HeaderId, type SipMessage } from '../../../src/sip/index.ts'
import { pidf } from '../../support/watching.ts'
import { AgentWorld, alice, bob } from './agent-world.ts'

const away: PresenceState = { isOpen: true, activities: ['away'], note: 'lunch' }
const open: PresenceState = { isOpen: true, activities: [], note: null }

interface NotifyParts {
  readonly state?: string
  readonly body?: string
  readonly cseq?: number
  readonly tag?: string
  readonly event?: string
  readonly contentType?: string
  readonly require?: string
}

/** A NOTIFY in the dialog of this SUBSCRIBE; the answer. */
function notify(world: AgentWorld, subscribe: SipMessage, parts: NotifyParts = {}): SipMessage {
  const { state = 'active;expires=3600', body = '', cseq = 1, event = 'presence' } = parts
  const request = world.remoteRequest('NOTIFY', {
    from: bob,
    callId: subscribe.callId!,
    fromTag: 'server',
    toTag: parts.tag ?? subscribe.from!.tag!,
    cseq,
    headers: [
      ['Event', event],
      ['Subscription-State', state],
      ['Contact', '<sip:192.0.2.1:5061>'],
      ...(parts.require === undefined ? [] : [['Require', parts.require] as const]),
    ],
    ...(body !== '' && { body, contentType: parts.contentType ?? 'application/pidf+xml' }),
  })
  world.arrive(request)
  // A SUBSCRIBE that follows from it may stand before its answer.
  const index = world.flow.sent.findIndex(({ isRequest }) => !isRequest)
  return world.flow.sent.splice(index, 1)[0]!
}

/** Bob is watched, and what he says has come. */
function watching(): { world: AgentWorld; subscribe: SipMessage } {
  const world = new AgentWorld()
  world.agent.watch(bob)
  world.signIn()
  const subscribe = world.take('SUBSCRIBE')
  notify(world, subscribe, { body: pidf('bob', 'here') })
  accept(world, subscribe, 3600)
  return { world, subscribe }
}

function accept(world: AgentWorld, subscribe: SipMessage, expires: number): void {
  world.answer(subscribe, 200, [
    ['Expires', String(expires)],
    ['Contact', '<sip:192.0.2.1:5061>'],
  ])
}

const seen = (world: AgentWorld) => world.eventsOf('presence').map(({ presence }) => presence)

describe('somebody who is watched', () => {
  it('is subscribed to once there is a connection (RFC 3856 §6)', () => {
    const world = new AgentWorld()
    world.agent.watch(bob)
    world.signIn()
    const request = world.take('SUBSCRIBE')
    expect([request.requestUri, request.to?.uri, request.to?.tag]).toEqual([bob, bob, null])
    expect(request.first(HeaderId.event)).toBe('presence')
    expect(request.first(HeaderId.accept)).toBe('application/pidf+xml')
    expect(request.expiresSeconds).toBe(3600)
    expect(request.named('Contact')).toMatch(/^<sip:alice@192\.0\.2\.9:40000;transport=tls>$/)
  })

  it('is told of with each NOTIFY, also with one that comes before the answer (RFC 6665 §4.4.1)', () => {
    const { world, subscribe } = watching()
    expect(notify(world, subscribe, { cseq: 2, body: pidf('bob', 'gone', 'closed') }).statusCode).toBe(200)
    expect(seen(world)).toEqual([
      { kind: 'told', isOpen: true, activities: [], note: 'here' },
      { kind: 'told', isOpen: false, activities: [], note: 'gone' },
    ])
  })

  it('is subscribed to again in time, in the same dialog with a higher CSeq (§4.1.2.2)', () => {
    const { world, subscribe } = watching()
    world.live(3_059_000)
    expect(world.flow.sent).toEqual([])
    world.live(2_000)
    const refresh = world.take('SUBSCRIBE')
    expect(refresh.callId).toBe(subscribe.callId)
    expect([refresh.from?.tag, refresh.to?.tag]).toEqual([subscribe.from?.tag, 'server'])
    expect(refresh.cseq!.number).toBeGreaterThan(subscribe.cseq!.number)
    expect(refresh.requestUri).toBe('sip:192.0.2.1:5061')
  })

  it('is watched further over a new connection, in the same dialog', () => {
    const { world, subscribe } = watching()
    world.breakFlow()
    world.pass(1_010)
    world.connect()
    world.answerRegister()
    const again = world.take('SUBSCRIBE')
    expect([again.callId, again.to?.tag]).toEqual([subscribe.callId, 'server'])
    // §4.1.2.2: the server has forgotten it.
    world.answer(again, 481)
    const anew = world.take('SUBSCRIBE')
    expect(anew.callId).not.toBe(subscribe.callId)
    expect([anew.to?.tag, anew.requestUri]).toEqual([null, bob])
  })

  it.each([
    ['deactivated', 0],
    ['timeout', 0],
    ['probation;retry-after=60', 60_000],
    ['giveup', 5_000],
  ])('is subscribed to anew after terminated;reason=%s (§4.1.3)', (reason, waitMs) => {
    const { world, subscribe } = watching()
    notify(world, subscribe, { cseq: 2, state: `terminated;reason=${reason}` })
    if (waitMs > 0) {
      world.live(waitMs / 2 - 10)
      expect(world.flow.sent).toEqual([])
      world.live(waitMs / 2 + 10)
    }
    const anew = world.take('SUBSCRIBE')
    expect(anew.callId).not.toBe(subscribe.callId)
    expect(anew.to?.tag).toBeNull()
  })

  it('whose server ends each subscription at once is not asked in a loop', () => {
    const { world, subscribe } = watching()
    notify(world, subscribe, { cseq: 2, state: 'terminated;reason=deactivated' })
    notify(world, world.take('SUBSCRIBE'), { state: 'terminated;reason=deactivated' })
    expect(world.flow.sent).toEqual([])
    world.live(10_000)
    expect(world.take('SUBSCRIBE').to?.tag).toBeNull()
  })

  it.each([
    ['rejected', 403],
    ['noresource', 404],
  ])('who is not to be seen is told as it is, and not asked again: %s', (reason, status) => {
    const { world, subscribe } = watching()
    notify(world, subscribe, { cseq: 2, state: `terminated;reason=${reason}` })
    expect(seen(world).at(-1)).toMatchObject({ kind: 'refused', status })
    world.live(600_000)
    expect(world.flow.sent).toEqual([])
  })

  it('who has not decided yet is told as pending', () => {
    const { world, subscribe } = watching()
    notify(world, subscribe, { cseq: 2, state: 'pending;expires=3600' })
    expect(seen(world).at(-1)).toEqual({ kind: 'pending' })
  })

  it.each([
    [404, { kind: 'refused', status: 404, reason: 'Not Found' }],
    [489, { kind: 'refused', status: 489, reason: 'Bad Event' }],
  ])('who is refused with %i is told so', (status, presence) => {
    const world = new AgentWorld()
    world.agent.watch(bob)
    world.signIn()
    world.answer(world.take('SUBSCRIBE'), status)
    expect(seen(world)).toEqual([presence])
  })

  it('is asked for longer where the server wants it (423), and later where it has no time (503)', () => {
    const world = new AgentWorld()
    world.agent.watch(bob)
    world.signIn()
    world.answer(world.take('SUBSCRIBE'), 423, [['Min-Expires', '7200']])
    const longer = world.take('SUBSCRIBE')
    expect(longer.expiresSeconds).toBe(7200)
    world.answer(longer, 503, [['Retry-After', '30']])
    world.live(29_900)
    expect(world.flow.sent).toEqual([])
    world.live(200)
    expect(world.take('SUBSCRIBE').callId).toBe(longer.callId)
  })

  it('is unsubscribed at the end, before the registration', () => {
    const { world, subscribe } = watching()
    world.agent.stop()
    const end = world.take('SUBSCRIBE')
    expect([end.callId, end.expiresSeconds]).toEqual([subscribe.callId, 0])
    world.answer(end, 200)
    expect(notify(world, subscribe, { cseq: 2, state: 'terminated;reason=timeout' }).statusCode).toBe(200)
    expect(world.take('REGISTER').expiresSeconds).toBe(0)
  })

  it('is one of fifty at most: the one turned to longest ago is watched no more', () => {
    const { world, subscribe } = watching()
    for (let i = 0; i < 50; i++) world.agent.watch(`sip:user${i}@example.test` as Aor)
    const ends = world.flow.sent.filter(({ expiresSeconds }) => expiresSeconds === 0)
    expect(ends.map(({ callId }) => callId)).toEqual([subscribe.callId])
  })
})

describe('contacts', () => {
  const [carol, dave] = ['sip:carol@example.test', 'sip:dave@example.test'] as [Aor, Aor]
  const instance = (state: ResourceInstance['state'], reason: string | null, note: string | null) => {
    const body = note === null ? null : { contentType: 'application/pidf+xml', bytes: Buffer.from(pidf('x', note)) }
    return { id: '1', state, reason, body }
  }
  const resource = (uri: string, ...instances: ResourceInstance[]) => ({ uri, names: [], instances })

  function list(version: number, isFull: boolean, resources: readonly ListedResource[]): Partial<NotifyParts> {
    const uri = 'sip:alice+contacts@example.test'
    const state = { uri, version, isFull, names: [], resources }
    const { contentType, bytes } = writeList(state, { token: `t${version}`, domain: 'example.test' })
    return { require: 'eventlist', cseq: version + 1, contentType, body: Buffer.from(bytes).toString() }
  }

  function watchingContacts(): { world: AgentWorld; subscribe: SipMessage } {
    const world = new AgentWorld()
    world.agent.watchContacts()
    world.signIn()
    const subscribe = world.take('SUBSCRIBE')
    accept(world, subscribe, 3600)
    return { world, subscribe }
  }

  it('are subscribed to as one list (RFC 4662 §4)', () => {
    const { subscribe } = watchingContacts()
    expect(subscribe.requestUri).toBe('sip:alice+contacts@example.test')
    expect(subscribe.values(HeaderId.supported)).toEqual(['eventlist'])
    expect(subscribe.first(HeaderId.accept)).toContain('application/rlmi+xml')
  })

  it('are told of each for himself: all, then what changes, then who is gone (§5.3)', () => {
    const { world, subscribe } = watchingContacts()
    const first = [
      resource(bob, instance('active', null, 'here')),
      resource(carol, instance('terminated', 'rejected', null)),
      resource(dave, instance('pending', null, null)),
      resource('tel:+15551234567', instance('terminated', 'noresource', null)),
    ]
    const told = () => world.eventsOf('presence').map(({ of, presence }) => [of, presence])
    expect(notify(world, subscribe, list(0, true, first)).statusCode).toBe(200)
    expect(told()).toMatchObject([
      [bob, { kind: 'told', note: 'here' }],
      [carol, { kind: 'refused', status: 403 }],
      [dave, { kind: 'pending' }],
    ])
    const change = [resource(dave, instance('active', null, 'there'))]
    expect(notify(world, subscribe, list(1, false, change)).statusCode).toBe(200)
    expect(told().slice(3)).toMatchObject([[dave, { kind: 'told', note: 'there' }]])
    expect(notify(world, subscribe, list(2, true, [resource(dave)])).statusCode).toBe(200)
    expect(told().slice(4)).toEqual([
      [bob, { kind: 'removed' }],
      [carol, { kind: 'removed' }],
    ])
  })

  it('on a server without such lists are nothing to tell of', () => {
    const world = new AgentWorld()
    world.agent.watchContacts()
    world.signIn()
    world.answer(world.take('SUBSCRIBE'), 404)
    expect(world.eventsOf('presence')).toEqual([])
  })

  it('as a document that does not parse are refused', () => {
    const { world, subscribe } = watchingContacts()
    const wrong = { contentType: 'multipart/related;boundary=b', body: 'x' }
    expect(notify(world, subscribe, wrong).statusCode).toBe(400)
    expect(notify(world, subscribe, { body: pidf('bob', 'x') }).statusCode).toBe(415)
  })
})

describe('a NOTIFY that is wrong', () => {
  it.each<[string, number, NotifyParts]>([
    ['of no subscription', 481, { tag: 'other' }],
    ['of another package', 489, { event: 'dialog' }],
    ['older than the one before (RFC 3261 §12.2.2)', 500, { cseq: 1 }],
    ['without a document where it has a body', 400, { cseq: 2, body: '<presence/>' }],
    ['that requires what we do not know (RFC 3261 §8.2.2.3)', 420, { cseq: 2, require: 'foo' }],
    ['of another type', 415, { cseq: 2, body: 'x', contentType: 'text/plain' }],
  ])('is refused and changes nothing: %s', (_, status, parts) => {
    const { world, subscribe } = watching()
    const before = seen(world)
    expect(notify(world, subscribe, { body: pidf('bob', 'wrong'), ...parts }).statusCode).toBe(status)
    expect(seen(world)).toEqual(before)
  })
})

describe('our own state', () => {
  /** Published, with the entity tag e1. */
  function published(): AgentWorld {
    const world = new AgentWorld().signIn()
    world.agent.publish(away)
    tagged(world, world.take('PUBLISH'), 'e1')
    return world
  }

  const tagged = (world: AgentWorld, request: SipMessage, tag: string, expires = 3600) =>
    world.answer(request, 200, [
      ['SIP-ETag', tag],
      ['Expires', String(expires)],
    ])

  it('is a PUBLISH to our own AOR (RFC 3903 §4), and told once it is accepted', () => {
    const world = new AgentWorld().signIn()
    world.agent.publish(away)
    const request = world.take('PUBLISH')
    expect([request.requestUri, request.to?.uri, request.first(HeaderId.event)]).toEqual([alice, alice, 'presence'])
    expect(request.has(HeaderId.sipIfMatch)).toBe(false)
    expect(request.first(HeaderId.contentType)).toBe('application/pidf+xml')
    expect(request.body.toString()).toContain('<rpid:away/>')
    expect(world.eventsOf('published')).toEqual([])
    tagged(world, request, 'e1')
    expect(world.eventsOf('published')).toEqual([{ kind: 'published', state: away }])
  })

  it('is refreshed in time without a body, with the tag of the answer before (§4.1)', () => {
    const world = published()
    for (const tag of ['e1', 'e2']) {
      world.live(3_061_000)
      const refresh = world.take('PUBLISH')
      expect([refresh.first(HeaderId.sipIfMatch), refresh.body.length]).toEqual([tag, 0])
      tagged(world, refresh, 'e2')
    }
    expect(world.eventsOf('published')).toHaveLength(1)
  })

  it('is changed by its tag, one PUBLISH at a time, and of several only the newest (§4.1)', () => {
    const world = published()
    world.agent.publish(open)
    const change = world.take('PUBLISH')
    expect(change.first(HeaderId.sipIfMatch)).toBe('e1')
    world.agent.publish(away)
    world.agent.publish({ ...away, note: 'newest' })
    expect(world.flow.sent).toEqual([])
    tagged(world, change, 'e2')
    const newest = world.take('PUBLISH')
    expect([newest.first(HeaderId.sipIfMatch), newest.body.toString().includes('newest')]).toEqual(['e2', true])
    tagged(world, newest, 'e3')
    expect(world.flow.sent).toEqual([])
  })

  it('that the server has forgotten (412) is published anew, whole', () => {
    const world = published()
    world.agent.publish(open)
    world.answer(world.take('PUBLISH'), 412)
    const anew = world.take('PUBLISH')
    expect([anew.has(HeaderId.sipIfMatch), anew.body.length > 0]).toEqual([false, true])
    // Without a tag of ours a 412 makes no sense, and is not answered at once again.
    world.answer(anew, 412)
    expect(world.flow.sent).toEqual([])
  })

  it('is published again over a new connection, and told only once', () => {
    const world = published()
    world.breakFlow()
    world.pass(1_010)
    world.connect()
    world.answerRegister()
    const again = world.take('PUBLISH')
    expect([again.first(HeaderId.sipIfMatch), again.body.toString().includes('lunch')]).toEqual(['e1', true])
    tagged(world, again, 'e2')
    expect(world.eventsOf('published')).toHaveLength(1)
  })

  it('is refused once and given up (403), and tried again where the server has no time (503)', () => {
    const world = new AgentWorld().signIn()
    world.agent.publish(away)
    world.answer(world.take('PUBLISH'), 503, [['Retry-After', '20']])
    world.live(20_100)
    world.answer(world.take('PUBLISH'), 403)
    expect(world.eventsOf('publish-refused')).toMatchObject([{ state: away, status: 403 }])
    world.live(600_000)
    expect(world.flow.sent).toEqual([])
  })

  it('is taken back at the end, before the registration', () => {
    const world = published()
    world.agent.stop()
    const end = world.take('PUBLISH')
    expect([end.expiresSeconds, end.first(HeaderId.sipIfMatch), end.body.length]).toEqual([0, 'e1', 0])
    world.answer(end, 200)
    expect(world.take('REGISTER').expiresSeconds).toBe(0)
  })
})
