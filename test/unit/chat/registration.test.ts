/**
 * How the user agent signs in, stays signed in, and comes back.
 */
import { describe, expect, it } from 'vitest'
import { computeHa1, computeResponse } from '../../../src/sip/digest/compute.ts'
import { encodeChallenge, parseDigestCredentials, type SipMessage } from '../../../src/sip/index.ts'
import { AgentWorld, alice, instanceId } from './agent-world.ts'

const challenge = (nonce: string, algorithm: 'MD5' | 'SHA-256' = 'SHA-256', stale = false) =>
  ['WWW-Authenticate', encodeChallenge({ realm: 'example.test', nonce, algorithm, stale, qop: 'auth' })] as const

function rightResponse(request: SipMessage, password = 'secret'): boolean {
  const credentials = parseDigestCredentials(request.named('Authorization') ?? '')
  if (credentials === null) return false
  const { algorithm, nonce, ncText, cnonce, qop, uri, response } = credentials
  const ha1 = computeHa1(algorithm, 'alice', 'example.test', password)
  const { method } = request
  return response === computeResponse({ algorithm, ha1, method, uri, nonce, nc: ncText, cnonce, qop, body: null })
}

describe('REGISTER', () => {
  it('names instance and reg-id (RFC 5626 §4.2), and asks for copies of what is sent elsewhere', () => {
    const world = new AgentWorld()
    world.agent.start()
    world.connect()
    const request = world.take('REGISTER')
    expect(request.requestUri).toBe('sip:example.test')
    expect([request.from?.uri, request.to?.uri]).toEqual([alice, alice])
    expect(request.contacts).toMatchObject([{ instanceId, regId: 1, uri: 'sip:alice@192.0.2.9:40000;transport=tls' }])
    expect(request.named('Supported')).toBe('path, outbound, im-sent-copies')
    expect(request.topVia).toMatchObject({ transport: 'TLS', rport: 'asked' })
  })

  it.each(['MD5', 'SHA-256'] as const)(
    'answers a challenge with %s, in the same call with the next CSeq',
    (algorithm) => {
      const world = new AgentWorld()
      world.agent.start()
      world.connect()
      const first = world.take('REGISTER')
      world.answer(first, 401, [challenge('n1', algorithm)])
      const second = world.take('REGISTER')
      expect(rightResponse(second)).toBe(true)
      expect(second.callId).toBe(first.callId)
      expect(second.cseq?.number).toBe(first.cseq!.number + 1)
      world.answer(second, 200)
      expect(world.eventsOf('registered')).toHaveLength(1)
    },
  )

  it('is refused when the answer to a challenge is challenged again: the password is wrong', () => {
    const world = new AgentWorld()
    world.agent.start()
    world.connect()
    world.answer(world.take(), 401, [challenge('n1')])
    world.answer(world.take(), 401, [challenge('n2')])
    expect(world.eventsOf('refused')).toMatchObject([{ status: 401 }])
    expect(world.flow.sent).toEqual([])
    expect(world.flow.closedFor).not.toBeNull()
    world.pass(3_600_000)
    expect(world.connectsCount).toBe(1)
  })

  it('takes a stale nonce for what it is (RFC 7616 §3.3), once', () => {
    const world = new AgentWorld()
    world.agent.start()
    world.connect()
    world.answer(world.take(), 401, [challenge('n1')])
    world.answer(world.take(), 401, [challenge('n2', 'SHA-256', true)])
    const third = world.take('REGISTER')
    expect(rightResponse(third)).toBe(true)
    world.answer(third, 401, [challenge('n3', 'SHA-256', true)])
    expect(world.eventsOf('refused')).toHaveLength(1)
  })

  it('asks for longer when told to (423, RFC 3261 §10.2.8)', () => {
    const world = new AgentWorld({ expiresSeconds: 60 })
    world.agent.start()
    world.connect()
    world.answer(world.take(), 423, [['Min-Expires', '600']])
    expect(world.take('REGISTER').expiresSeconds).toBe(600)
  })

  it('is refreshed at 85 % of what was granted to this Contact, with the nonce counted up', () => {
    const world = new AgentWorld()
    world.agent.start()
    world.connect()
    world.answer(world.take(), 401, [challenge('n1')])
    const own = `<sip:x@192.0.2.9>;+sip.instance="<${instanceId}>";reg-id=1;expires=100`
    const other = '<sip:x@192.0.2.10>;+sip.instance="<urn:uuid:00000000-0000-4000-8000-000000000002>";expires=7000'
    world.answer(world.take(), 200, [['Contact', `${other}, ${own}`]])
    world.pass(84_980)
    expect(world.flow.sent).toEqual([])
    world.pass(40)
    const refresh = world.take('REGISTER')
    expect(rightResponse(refresh)).toBe(true)
    expect(parseDigestCredentials(refresh.named('Authorization')!)).toMatchObject({ nonce: 'n1', nc: 2 })
    world.answer(refresh, 200, [['Contact', own]])
    expect(world.eventsOf('registered')).toHaveLength(1)
  })

  it('is taken back at the end, which waits for its answer', () => {
    const world = new AgentWorld().signIn()
    world.agent.stop()
    const request = world.take('REGISTER')
    expect(request.expiresSeconds).toBe(0)
    expect(world.eventsOf('stopped')).toEqual([])
    world.answer(request, 200)
    expect(world.eventsOf('stopped')).toHaveLength(1)
    expect(world.flow.closedFor).not.toBeNull()
  })

  it('is not waited for long at the end, and the end is told once', () => {
    const world = new AgentWorld().signIn()
    world.agent.stop()
    world.pass(2_100)
    world.pass(60_000)
    expect(world.eventsOf('stopped')).toHaveLength(1)
  })
})

describe('a connection', () => {
  it('that fails is tried again after longer and longer, up to a minute (RFC 5626 §4.5)', () => {
    const world = new AgentWorld()
    world.agent.start()
    const delays: number[] = []
    for (let attempt = 0; attempt < 8; attempt++) {
      world.refuseConnection({ words: 'no', isLasting: false })
      const { retryMs } = world.eventsOf('disconnected').at(-1)!
      delays.push(retryMs)
      world.pass(retryMs + 10)
      expect(world.connectsCount).toBe(attempt + 2)
    }
    // Without randomness the lower bound of each wait.
    expect(delays).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000])
  })

  it('that breaks is made again, with the same instance, Call-ID and a higher CSeq', () => {
    const world = new AgentWorld()
    world.agent.start()
    world.connect()
    const first = world.take('REGISTER')
    world.answer(first, 200)
    world.breakFlow()
    world.pass(1_010)
    world.connect()
    const second = world.take('REGISTER')
    expect(second.callId).toBe(first.callId)
    expect(second.cseq!.number).toBeGreaterThan(first.cseq!.number)
    expect(second.contacts).toMatchObject([{ instanceId, regId: 1 }])
    world.answer(second, 200)
    expect(world.events.map(({ kind }) => kind)).toEqual([
      'connecting',
      'registered',
      'disconnected',
      'connecting',
      'registered',
    ])
  })

  it('waits as long as the server asks for (503, Retry-After)', () => {
    const world = new AgentWorld()
    world.agent.start()
    world.connect()
    world.answer(world.take(), 503, [['Retry-After', '40']])
    expect(world.eventsOf('disconnected')).toMatchObject([{ retryMs: 40_000 }])
  })

  it('is pinged in time for the Flow-Timer of the server (RFC 5626 §4.4), and given up without a pong in 10 s', () => {
    const world = new AgentWorld().signIn([['Flow-Timer', '100']])
    world.pass(79_000)
    expect(world.pingsCount).toBe(0)
    world.pass(1_010)
    expect(world.pingsCount).toBe(1)
    world.pong()
    world.pass(80_010)
    expect(world.pingsCount).toBe(2)
    world.pass(10_010)
    expect(world.eventsOf('disconnected')).toMatchObject([{ failure: { isLasting: false } }])
    expect(world.flow.closedFor).not.toBeNull()
  })

  it('over UDP is pinged within half a minute and may lose two answers', () => {
    const world = new AgentWorld({}, 'udp').signIn([['Flow-Timer', '100']])
    world.pass(29_010)
    expect(world.pingsCount).toBe(1)
    world.pass(20_010)
    expect(world.pingsCount).toBe(3)
    world.pong()
    expect(world.eventsOf('disconnected')).toEqual([])
    world.pass(29_010 + 30_010)
    expect(world.eventsOf('disconnected')).toHaveLength(1)
  })

  it('that comes when nobody wants it any more is closed', () => {
    const world = new AgentWorld()
    world.agent.start()
    world.agent.stop()
    world.connect()
    expect(world.flow.closedFor).not.toBeNull()
    expect(world.flow.sent).toEqual([])
  })

  it('is tried at once when the user asks for it', () => {
    const world = new AgentWorld()
    world.agent.start()
    world.refuseConnection({ words: 'no', isLasting: false })
    world.agent.reconnect()
    expect(world.connectsCount).toBe(2)
    world.pass(60_000)
    expect(world.connectsCount).toBe(2)
  })
})
