/**
 * What the user agent makes of messages, its own and others' (RFC 3428, 3862, 3994, 5438).
 */
import { describe, expect, it } from 'vitest'
import { parseCpim } from '../../../src/chat/bodies/cpim.ts'
import { type Aor, HeaderId, parseMessage } from '../../../src/sip/index.ts'
import { AgentWorld, alice, bob, systemNowMs } from './agent-world.ts'

const composing = 'application/im-iscomposing+xml'
const notice = (state: string, refresh = '') =>
  '<?xml version="1.0"?><isComposing xmlns="urn:ietf:params:xml:ns:im-iscomposing">' +
  `<state>${state}</state>${refresh}</isComposing>`

describe('a message of ours', () => {
  it('is a MESSAGE to the AOR of the peer, in UTF-8, and delivered by a 200', () => {
    const world = new AgentWorld().signIn()
    const message = { peer: bob, text: 'grüße 😀' }
    world.agent.send(message)
    const request = world.take('MESSAGE')
    expect([request.requestUri, request.to?.uri, request.from?.uri]).toEqual([bob, bob, alice])
    expect(request.named('Content-Type')).toBe('text/plain;charset=UTF-8')
    expect(request.body.toString('utf8')).toBe('grüße 😀')
    expect(request.has(HeaderId.contact)).toBe(false)
    world.answer(request, 200)
    expect(world.eventsOf('outcome')).toEqual([{ kind: 'outcome', message, outcome: { kind: 'delivered' } }])
  })

  it.each([
    [202, { kind: 'stored' }],
    [404, { kind: 'failed', status: 404, reason: 'bob cannot be reached here (no such user, or disabled)' }],
    [403, { kind: 'failed', status: 403, reason: 'bob does not take messages from you' }],
    [513, { kind: 'failed', status: 513, reason: 'the message is too long' }],
  ])('that is answered %i is told as it is (P3)', (status, outcome) => {
    const world = new AgentWorld().signIn()
    world.agent.send({ peer: bob, text: 'hi' })
    world.answer(world.take('MESSAGE'), status)
    expect(world.outcomes()).toEqual([outcome])
  })

  it('without an answer is not known to have arrived, after 32 s (timer F)', () => {
    const world = new AgentWorld().signIn()
    world.agent.send({ peer: bob, text: 'hi' })
    world.pass(31_900)
    expect(world.outcomes()).toEqual([])
    world.pass(200)
    expect(world.outcomes()).toMatchObject([{ kind: 'failed', status: 408 }])
  })

  it('whose connection breaks is not sent again by itself: it may have arrived', () => {
    const world = new AgentWorld().signIn()
    world.agent.send({ peer: bob, text: 'hi' })
    world.breakFlow()
    expect(world.outcomes()).toMatchObject([{ kind: 'failed', status: 0 }])
    world.pass(1_010)
    world.connect()
    world.answerRegister()
    expect(world.flow.sent).toEqual([])
  })

  it('waits for a connection, and its order is kept', () => {
    const world = new AgentWorld()
    world.agent.send({ peer: bob, text: '1' })
    world.agent.send({ peer: bob, text: '2' })
    world.signIn()
    const first = world.take('MESSAGE')
    expect(first.body.toString()).toBe('1')
    // RFC 3428 §8: one at a time to one AOR.
    expect(world.flow.sent).toEqual([])
    world.answer(first, 200)
    expect(world.take('MESSAGE').body.toString()).toBe('2')
    expect(world.agent.pendingCount).toBe(1)
  })

  it('to somebody else does not wait', () => {
    const world = new AgentWorld().signIn()
    world.agent.send({ peer: bob, text: '1' })
    world.agent.send({ peer: 'sip:carol@example.test' as Aor, text: '2' })
    expect(world.flow.sent).toHaveLength(2)
  })

  it('that still waits at the end has failed', () => {
    const world = new AgentWorld()
    world.agent.start()
    world.agent.send({ peer: bob, text: '1' })
    world.agent.stop()
    expect(world.events.map(({ kind }) => kind)).toEqual(['connecting', 'outcome', 'stopped'])
    world.agent.send({ peer: bob, text: '2' })
    expect(world.outcomes()).toMatchObject([{ kind: 'failed' }, { kind: 'failed' }])
  })

  it('is sent again over UDP (timer E), and not at all beyond 1,300 bytes (RFC 3428 §8)', () => {
    const world = new AgentWorld({}, 'udp').signIn()
    world.agent.send({ peer: bob, text: 'short' })
    world.pass(510)
    expect(world.flow.sent.map(({ method }) => method)).toEqual(['MESSAGE', 'MESSAGE'])
    world.answer(world.take(), 200)
    world.agent.send({ peer: bob, text: 'x'.repeat(1300) })
    expect(world.outcomes()).toMatchObject([{ kind: 'delivered' }, { kind: 'failed', status: 413 }])
  })
})

describe('a message to us', () => {
  it('is told with its Date, and answered 200', () => {
    const world = new AgentWorld().signIn()
    const headers = [['Date', 'Sun, 01 Mar 2026 10:00:00 GMT']] as const
    const response = world.ask('MESSAGE', { body: 'hallo', contentType: 'text/plain', headers })
    expect(response.statusCode).toBe(200)
    expect(response.to?.tag).not.toBeNull()
    expect(world.eventsOf('message')).toMatchObject([
      { from: bob, text: 'hallo', sentMs: Date.parse('2026-03-01T10:00:00Z') },
    ])
  })

  it('that comes again, in a new transaction, is answered and not told twice', () => {
    const world = new AgentWorld().signIn()
    for (let time = 0; time < 2; time++) {
      const response = world.ask('MESSAGE', { body: 'once', contentType: 'text/plain', callId: 'same' })
      expect(response.statusCode).toBe(200)
    }
    const { id } = world.eventsOf('message')[0]!
    expect(world.eventsOf('message')).toHaveLength(1)
    const later = new AgentWorld({ seen: [id] }).signIn()
    expect(later.ask('MESSAGE', { body: 'once', callId: 'same' }).statusCode).toBe(200)
    expect(later.eventsOf('message')).toEqual([])
  })

  it('that is retransmitted over UDP gets the same answer again', () => {
    const world = new AgentWorld({}, 'udp').signIn()
    const bytes = world.remoteRequest('MESSAGE', { body: 'hi', contentType: 'text/plain' })
    world.arrive(bytes)
    world.arrive(Buffer.from(bytes))
    const [first, second] = world.flow.sent
    expect(second!.bytes.equals(first!.bytes)).toBe(true)
    expect(world.eventsOf('message')).toHaveLength(1)
  })

  it('in another charset is read, in one that nobody knows it is refused', () => {
    const world = new AgentWorld().signIn()
    const latin = Buffer.from('gr\u00fc\u00dfe', 'latin1')
    world.ask('MESSAGE', { body: latin, contentType: 'text/plain; charset=ISO-8859-1' })
    expect(world.eventsOf('message')).toMatchObject([{ text: 'grüße' }])
    const refused = world.ask('MESSAGE', { body: 'x', contentType: 'text/plain; charset=klingon' })
    expect(refused.statusCode).toBe(415)
  })

  it('of a kind that cannot be shown is refused with what can (415, RFC 3428 §7)', () => {
    const world = new AgentWorld().signIn()
    const response = world.ask('MESSAGE', { body: '<b>', contentType: 'text/html' })
    expect(response.statusCode).toBe(415)
    expect(response.named('Accept')).toContain('text/plain')
  })
})

describe('other requests to us', () => {
  it.each([
    ['OPTIONS', 200],
    ['INVITE', 501],
    ['SUBSCRIBE', 501],
    ['CANCEL', 481],
  ])('%s is answered %i', (method, status) => {
    const world = new AgentWorld().signIn()
    expect(world.ask(method).statusCode).toBe(status)
  })

  it('with an extension that we do not know are answered 420 (RFC 3261 §8.2.2.3)', () => {
    const world = new AgentWorld().signIn()
    const response = world.ask('MESSAGE', { headers: [['Require', 'teleport']], body: 'x' })
    expect([response.statusCode, response.named('Unsupported')]).toEqual([420, 'teleport'])
  })
})

describe('a copy of what this user sent elsewhere (im-sent-copies)', () => {
  const copy = (from: string, to: string) => ({
    contentType: 'message/cpim',
    body: [
      `From: <${from}>`,
      `To: <${to}>`,
      'DateTime: 2026-03-01T09:00:00Z',
      '',
      'Content-Type: text/plain',
      '',
      'hi bob',
    ].join('\r\n'),
  })

  it('is told as such', () => {
    const world = new AgentWorld().signIn()
    expect(world.ask('MESSAGE', { from: alice, ...copy(alice, bob) }).statusCode).toBe(200)
    expect(world.eventsOf('sent-copy')).toMatchObject([
      { to: bob, text: 'hi bob', sentMs: Date.parse('2026-03-01T09:00:00Z') },
    ])
  })

  it('is not believed from anybody else: the envelope proves nothing (P2)', () => {
    const world = new AgentWorld().signIn()
    world.ask('MESSAGE', { from: bob, ...copy(alice, 'sip:carol@example.test') })
    expect(world.eventsOf('sent-copy')).toEqual([])
    expect(world.eventsOf('message')).toMatchObject([{ from: bob, text: 'hi bob' }])
  })
})

describe('a delivery notification (RFC 5438)', () => {
  const asking =
    `From: <${bob}>\r\nTo: <${alice}>\r\nNS: x <urn:ietf:params:imdn>\r\nx.Message-ID: id<1>\r\n` +
    'x.Disposition-Notification: positive-delivery, negative-delivery\r\nDateTime: 2026-03-01T09:00:00Z\r\n\r\n' +
    'Content-Type: text/plain\r\n\r\nhi'

  it('goes to whoever asks for it', () => {
    const world = new AgentWorld().signIn()
    world.arrive(world.remoteRequest('MESSAGE', { contentType: 'message/cpim', body: asking }))
    const messages = [world.take(), world.take()]
    expect(messages.find((each) => !each.isRequest)?.statusCode).toBe(200)
    const request = messages.find((each) => each.isRequest)!
    expect([request.requestUri, request.named('Content-Type')]).toEqual([bob, 'message/cpim'])
    const envelope = parseCpim(request.body)!
    expect(envelope).toMatchObject({ contentType: 'message/imdn+xml', dateTimeMs: systemNowMs })
    const document = envelope.content.toString()
    expect(document).toContain('<message-id>id&lt;1&gt;</message-id>')
    expect(document).toContain('<delivered/>')
  })

  it('is taken and answered with none of its own', () => {
    const world = new AgentWorld().signIn()
    const body = asking.replace('text/plain', 'message/imdn+xml')
    expect(world.ask('MESSAGE', { contentType: 'message/cpim', body }).statusCode).toBe(200)
    expect(world.flow.sent).toEqual([])
    expect(world.eventsOf('message')).toEqual([])
  })
})

describe('typing of the peer (RFC 3994)', () => {
  it('is shown until the message comes', () => {
    const world = new AgentWorld().signIn()
    world.ask('MESSAGE', { contentType: composing, body: notice('active') })
    world.ask('MESSAGE', { contentType: 'text/plain', body: 'done' })
    expect(world.events.slice(2).map((event) => [event.kind, 'isActive' in event ? event.isActive : null])).toEqual([
      ['composing', true],
      ['composing', false],
      ['message', null],
    ])
  })

  it('is believed for as long as it says, 120 s by default (§3.3)', () => {
    const world = new AgentWorld().signIn([['Flow-Timer', '1000']])
    world.ask('MESSAGE', { contentType: composing, body: notice('active', '<refresh>30</refresh>') })
    world.pass(30_010)
    world.ask('MESSAGE', { contentType: composing, body: notice('active') })
    world.pass(119_000)
    expect(world.eventsOf('composing').map(({ isActive }) => isActive)).toEqual([true, false, true])
    world.pass(1_010)
    expect(world.eventsOf('composing')).toHaveLength(4)
  })

  it('ends with the connection', () => {
    const world = new AgentWorld().signIn()
    world.ask('MESSAGE', { contentType: composing, body: notice('active') })
    world.breakFlow()
    expect(world.eventsOf('composing').at(-1)).toMatchObject({ isActive: false })
  })

  it.each([
    ['', 'nonsense'],
    ['<isComposing><state>active</state>'.padEnd(5000, ' '), 'too long'],
  ])('that is no notice is answered 400', (body) => {
    const world = new AgentWorld().signIn()
    expect(world.ask('MESSAGE', { contentType: composing, body }).statusCode).toBe(400)
  })
})

describe('our own typing (RFC 3994)', () => {
  const states = (world: AgentWorld) => {
    const requests = world.flow.sent.splice(0).filter(({ method }) => method === 'MESSAGE')
    for (const request of requests) world.answer(request, 200)
    return requests.map((request) => /<state>(\w+)</.exec(request.body.toString())?.[1] ?? 'text')
  }

  it('is told once, repeated after a minute, and over after 15 s without a key (§3.2)', () => {
    const world = new AgentWorld().signIn()
    world.agent.typed(bob, true)
    world.agent.typed(bob, true)
    expect(states(world)).toEqual(['active'])
    for (let time = 0; time < 6; time++) {
      world.pass(10_010)
      world.agent.typed(bob, true)
    }
    expect(states(world)).toEqual(['active'])
    world.pass(15_010)
    expect(states(world)).toEqual(['idle'])
  })

  it('is over when the text is deleted, and with the message', () => {
    const world = new AgentWorld().signIn()
    world.agent.typed(bob, true)
    expect(states(world)).toEqual(['active'])
    world.agent.typed(bob, false)
    expect(states(world)).toEqual(['idle'])
    world.agent.typed(bob, true)
    expect(states(world)).toEqual(['active'])
    world.agent.send({ peer: bob, text: 'x' })
    world.pass(20_000)
    expect(states(world)).toEqual(['text'])
  })

  it('is not told to a peer who was refused as a user, until a message to him succeeds', () => {
    const world = new AgentWorld().signIn()
    const say = (status: number) => {
      world.agent.typed(bob, true)
      world.agent.send({ peer: bob, text: 'x' })
      world.answer(world.take('MESSAGE'), status)
    }
    world.agent.send({ peer: bob, text: 'pasted' })
    world.answer(world.take('MESSAGE'), 404)
    say(404)
    say(200)
    expect(world.flow.sent).toEqual([])
    world.agent.typed(bob, true)
    expect(states(world)).toEqual(['active'])
  })

  it('is not told again to a peer whom nobody could tell, until one of his devices is heard of', () => {
    const world = new AgentWorld().signIn()
    world.agent.typed(bob, true)
    world.answer(world.take('MESSAGE'), 480)
    world.agent.typed(bob, false)
    world.agent.typed(bob, true)
    expect(world.flow.sent).toEqual([])
    world.agent.typed(bob, false)
    world.ask('MESSAGE', { contentType: 'text/plain', body: 'back' })
    world.agent.typed(bob, true)
    expect(states(world)).toEqual(['active'])
  })
})

describe('over UDP', () => {
  it('nothing lingers after the end', () => {
    const world = new AgentWorld({}, 'udp').signIn()
    world.ask('MESSAGE', { body: 'x' })
    world.agent.send({ peer: bob, text: 'x' })
    world.answer(world.take('MESSAGE'), 200)
    world.agent.stop()
    world.answer(world.take('REGISTER'), 200)
    expect(world.time.timers.size).toBe(0)
  })

  it('every request carries the credentials of the last challenge, counted up', () => {
    const world = new AgentWorld({}, 'udp')
    world.agent.start()
    world.connect()
    world.answer(world.take(), 401, [['WWW-Authenticate', 'Digest realm="example.test", nonce="n", qop="auth"']])
    world.answer(world.take(), 200)
    world.agent.send({ peer: bob, text: 'x' })
    expect(world.take('MESSAGE').named('Authorization')).toMatch(/nc=00000002/)
  })
})

describe('what a server sends wrong', () => {
  it.each([
    ['a response to nothing', 'SIP/2.0 200 OK\r\nVia: SIP/2.0/TLS a;branch=z9hG4bKx\r\nCSeq: 1 MESSAGE\r\n\r\n'],
    ['no SIP', 'HTTP/1.1 200 OK\r\n\r\n'],
    ['an ACK to nothing', 'ACK sip:a@b SIP/2.0\r\nVia: SIP/2.0/TLS a;branch=z9hG4bKx\r\nCSeq: 1 ACK\r\n\r\n'],
  ])('is dropped: %s', (_, text) => {
    const world = new AgentWorld().signIn()
    world.arrive(Buffer.from(text))
    expect(world.flow.sent).toEqual([])
    expect(world.eventsOf('disconnected')).toEqual([])
  })

  it('is answered 400 where it is a request', () => {
    const world = new AgentWorld().signIn()
    const text = world.remoteRequest('MESSAGE', { body: 'x' }).toString().replace('Max-Forwards: 70', 'Max-Forwards: x')
    const fault = parseMessage(Buffer.from(text)).fault
    expect(fault?.status).toBe(400)
    world.arrive(Buffer.from(text))
    expect(world.take().statusCode).toBe(400)
  })
})
