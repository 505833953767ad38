/**
 * The client side against our own listeners: every transport, keep-alives, refusals, names of certificates (RFC 5922).
 */
import { createServer } from 'node:net'
import { describe, expect, it } from 'vitest'
import type { FlowSink, TransportName } from '../../../src/ports/flows.ts'
import { connectFlow, sendPing } from '../../../src/transport/client.ts'
import type { ConnectOptions } from '../../../src/transport/client-options.ts'
import { sipIdentities } from '../../../src/transport/sip-identity.ts'
import { openTcp } from '../../../src/transport/tcp.ts'
import { openTls } from '../../../src/transport/tls.ts'
import { openUdp } from '../../../src/transport/udp.ts'
import { openWebListener } from '../../../src/transport/web/web-listener.ts'
import { loopbacks } from './loopbacks.ts'
import { endWithTest } from './peers.ts'
import { messageWith, RecordingSink } from './recording-sink.ts'
import { createTestAuthority } from './test-certificates.ts'

const authority = await createTestAuthority()
const certificate = await authority.files('client', 'sip:example.test', 'sip.example.test', '127.0.0.1', '::1')
const tls = { ca: authority.caPem }

function open(transport: TransportName, host: string, sink: FlowSink) {
  const options = { host, port: 0 }
  switch (transport) {
    case 'udp':
      return openUdp(options, sink)
    case 'tcp':
      return openTcp(options, sink)
    case 'tls':
      return openTls({ ...options, certificate }, sink)
    case 'ws':
      return openWebListener(options, sink)
    case 'wss':
      return openWebListener({ ...options, tls: { certificate } }, sink)
  }
}

async function listen(transport: TransportName, host = '127.0.0.1') {
  const sink = new RecordingSink()
  const listener = await open(transport, host, sink)
  endWithTest(() => listener.close())
  return { listener, sink, to: { transport, host, port: listener.port, tls } }
}

const transports = ['udp', 'tcp', 'tls', 'ws', 'wss'] as const
const ways = transports.flatMap((transport) => loopbacks.map((host) => ({ transport, host })))

describe.each(ways)('a client over $transport to $host', ({ transport, host }) => {
  it('sends, receives and closes', async () => {
    const server = await listen(transport, host)
    server.sink.onMessage = (flow) => flow.send(Buffer.from(messageWith('answer')))
    const sink = new RecordingSink()
    const flow = await connectFlow(server.to, sink)
    expect(flow).toMatchObject({ transport, remoteAddress: host, remotePort: server.listener.port, localAddress: host })
    expect(sink.events).toMatchObject([{ kind: 'opened', flow }])
    flow.send(Buffer.from(messageWith('question')))
    expect((await server.sink.next('message')).text).toBe(messageWith('question'))
    expect((await sink.next('message')).text).toBe(messageWith('answer'))
    flow.close('test.done')
    expect((await sink.next('closed')).text).toBe('test.done')
    if (transport !== 'udp') expect((await server.sink.next('closed')).text).toBe('transport.peer-closed')
  })

  it('hears every pong, though on a stream two in a row are the bytes of a ping (RFC 5626 §4.4.1)', async () => {
    const server = await listen(transport, host)
    let ponged = Promise.withResolvers<void>()
    const flow = await connectFlow({ ...server.to, onPong: () => ponged.resolve() }, new RecordingSink())
    for (let ping = 0; ping < 5; ping++) {
      ponged = Promise.withResolvers<void>()
      sendPing(flow)
      await ponged.promise
    }
    // A pong taken for a ping and answered would make more of them.
    if (transport !== 'udp') expect(server.listener.counts.keepAlives).toBe(5)
  })
})

describe('connections that fail', () => {
  async function failureOf(options: ConnectOptions): Promise<string> {
    const sink = new RecordingSink()
    const outcome = await connectFlow(options, sink).then(
      () => 'connected',
      (error) => `${error.code ?? ''} ${error.message}`,
    )
    expect(sink.events).toEqual([])
    return outcome
  }

  it.each(['tcp', 'tls', 'ws'] as const)('say so when nobody listens (%s)', async (transport) => {
    const { listener, to } = await listen(transport)
    await listener.close()
    expect(await failureOf(to)).toContain('ECONNREFUSED')
  })

  it('end at the deadline when the server is silent', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    endWithTest(() => server.close())
    await new Promise((resolve) => server.once('listening', resolve))
    server.on('connection', (socket) => endWithTest(() => socket.destroy()))
    const { port } = server.address() as { port: number }
    const options = { transport: 'tls', host: '127.0.0.1', port, deadlineMs: 20 } as const
    expect(await failureOf(options)).toContain(`no connection to 127.0.0.1 port ${port} in 20 ms`)
  })

  it('refuse a server that nobody we trust vouches for', async () => {
    const { to } = await listen('tls')
    expect(await failureOf({ ...to, tls: {} })).toContain('UNABLE_TO_VERIFY_LEAF_SIGNATURE')
  })

  it('refuse a server that speaks for another SIP domain (RFC 5922 §7.2)', async () => {
    const { to } = await listen('tls')
    const flow = await connectFlow({ ...to, tls: { ...tls, sipDomain: 'example.test' } }, new RecordingSink())
    flow.close('test.done')
    const failure = await failureOf({ ...to, tls: { ...tls, sipDomain: 'sip.example.test' } })
    expect(failure).toContain('the certificate is for example.test, not for sip.example.test')
  })
})

describe('a UDP client', () => {
  it('hears that nobody listens', async () => {
    const { listener, to } = await listen('udp')
    await listener.close()
    const sink = new RecordingSink()
    const flow = await connectFlow(to, sink)
    flow.send(Buffer.from(messageWith('anyone?')))
    expect((await sink.next('closed')).text).toBe('transport.socket-error')
  })
})

describe('a TLS client', () => {
  it('resumes a session that it was given (RFC 8446 §4.6.1)', async () => {
    const { to, sink } = await listen('tls')
    const session = Promise.withResolvers<Buffer>()
    const first = await connectFlow({ ...to, tls: { ...tls, onSession: session.resolve } }, new RecordingSink())
    const again = { ...tls, session: await session.promise }
    first.close('test.done')
    await connectFlow({ ...to, tls: again }, new RecordingSink()).then((flow) => flow.close('test.done'))
    await sink.next('opened')
    expect((await sink.next('opened')).flow).toMatchObject({ security: { isResumed: true } })
  })
})

describe('SIP identities of a certificate (RFC 5922 §7.1)', () => {
  it.each([
    ['DNS:sip.example.test, URI:sip:Example.test', ['example.test']],
    ['DNS:sip.example.test, DNS:example.test', ['sip.example.test', 'example.test']],
    ['URI:sip:alice@example.test, DNS:example.test', ['example.test']],
    ['IP Address:127.0.0.1', []],
    ['', []],
  ])('%s', (subjectAltName, expected) => {
    expect(sipIdentities(subjectAltName)).toEqual(expected)
  })
})
