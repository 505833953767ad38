/**
 * TLS flows (RFC 3261 §26.2, RFC 5922): versions, certificates by domain, reload, tickets, client certificates,
 * deadlines.
 */
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from 'node:tls'
import { describe, expect, it } from 'vitest'
import { openTls, type TlsListener, type TlsListenOptions } from '../../../src/transport/tls.ts'
import { loopbacks } from './loopbacks.ts'
import { asPeer, connectPeer, endWithTest } from './peers.ts'
import { messageWith, RecordingLog, RecordingSink } from './recording-sink.ts'
import { createTestAuthority } from './test-certificates.ts'

const authority = await createTestAuthority()
const certificate = await authority.files('server', 'sip.example.test', 'sip:example.test', '127.0.0.1', '::1')

async function listen(options: Partial<TlsListenOptions> = {}) {
  const sink = new RecordingSink()
  const log = new RecordingLog()
  const limits = { sweepMs: 2, ...options.limits }
  const tls = await openTls({ host: '127.0.0.1', port: 0, certificate, log, ...options, limits }, sink)
  endWithTest(() => tls.close())
  return { tls, sink, log }
}

async function connect(tls: TlsListener, options: ConnectionOptions = {}) {
  const socket = connectTls({ host: tls.address, port: tls.port, ca: authority.caPem, servername: '', ...options })
  const peer = asPeer(socket)
  await Promise.race([new Promise((resolve) => socket.once('secureConnect', resolve)), peer.gone])
  return { ...peer, socket }
}

/** A session to resume with: in TLS 1.3 it comes after the handshake, and only while somebody reads. */
async function sessionOf(tls: TlsListener, options: ConnectionOptions = {}): Promise<Buffer> {
  const socket = connectTls({ host: tls.address, port: tls.port, ca: authority.caPem, servername: '', ...options })
  const peer = asPeer(socket)
  const [session] = await once(socket, 'session')
  socket.end()
  await peer.gone
  return session
}

const shownName = (socket: TLSSocket) => socket.getPeerX509Certificate()?.subject

describe.each(loopbacks)('TLS on %s', (host) => {
  it.each(['TLSv1.2', 'TLSv1.3'] as const)('carries messages both ways with %s', async (version) => {
    const { tls, sink } = await listen({ host })
    sink.onMessage = (flow) => flow.send(Buffer.from('answer'))
    const peer = await connect(tls, { minVersion: version, maxVersion: version })
    peer.socket.write(messageWith('hello'))
    expect(await peer.received('answer')).toBe('answer')
    expect(sink.texts('message')).toEqual([messageWith('hello')])
    const { flow } = await sink.next('opened')
    expect(flow).toMatchObject({ transport: 'tls', remoteAddress: host, remotePort: peer.socket.localPort })
    expect(flow).toMatchObject({ security: { protocol: version, isResumed: false, peerCertificate: null } })
  })
})

describe('handshakes', () => {
  it('refuses TLS 1.1 (RFC 8996)', async () => {
    const { tls, sink, log } = await listen()
    const counted = log.next('info', 'transport.handshake-failed')
    const old = { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const
    const peer = await connect(tls, old)
    await peer.gone
    expect(await counted).toMatchObject({ count: 1 })
    expect(sink.events).toEqual([])
  })

  it('cuts who does not complete one within the deadline', async () => {
    const { tls, sink, log } = await listen({ limits: { handshakeDeadlineMs: 10 } })
    const counted = log.next('info', 'transport.handshake-deadline')
    const peer = await connectPeer(tls)
    await peer.gone
    expect(await counted).toMatchObject({ count: 1, remoteAddress: '127.0.0.1' })
    expect(sink.events).toEqual([])
    expect(tls.counts).toMatchObject({ refusedFlows: 1, openFlows: 0 })
  })

  it('counts connections in their handshake towards the limit of flows', async () => {
    const { tls } = await listen({ limits: { flowsMax: 1 } })
    const waiting = await connectPeer(tls)
    await (await connectPeer(tls)).gone
    expect(tls.counts.refusedFlows).toBe(1)
    expect(waiting.socket.destroyed).toBe(false)
  })

  it('survives what is no TLS at all', async () => {
    const { tls, log } = await listen()
    const counted = log.next('info', 'transport.handshake-failed')
    const peer = await connectPeer(tls)
    peer.socket.write(messageWith('plain text on the TLS port'))
    await peer.gone
    await counted
    expect(shownName((await connect(tls)).socket)).toBe('CN=sip.example.test')
  })

  it('does not wait for handshakes when it closes', async () => {
    const { tls } = await listen()
    const peer = await connectPeer(tls)
    await tls.close()
    await peer.gone
  })
})

describe('certificates', () => {
  it('shows the certificate of the domain that was asked for (SNI, RFC 6066 §3)', async () => {
    const domains = new Map([
      ['other.test', await authority.files('other', 'other.test')],
      ['*.wild.test', await authority.files('wild', '*.wild.test')],
    ])
    const { tls, sink } = await listen({ domains })
    expect(shownName((await connect(tls, { servername: 'other.test' })).socket)).toBe('CN=other.test')
    expect(shownName((await connect(tls, { servername: 'a.wild.test' })).socket)).toBe('CN=*.wild.test')
    expect(shownName((await connect(tls, { servername: 'sip.example.test' })).socket)).toBe('CN=sip.example.test')
    expect((await sink.next('opened')).flow).toMatchObject({ security: { serverName: 'other.test' } })
  })

  it('reloads without dropping a flow', async () => {
    const { tls, sink } = await listen()
    sink.onMessage = (flow) => flow.send(Buffer.from('answer'))
    const before = await connect(tls)
    await sink.next('opened')
    tls.reload({ certificate: await authority.files('renewed', 'renewed.example.test', '127.0.0.1') })
    expect(shownName((await connect(tls)).socket)).toBe('CN=renewed.example.test')
    before.socket.write(messageWith('still here'))
    expect(await before.received('answer')).toBe('answer')
    expect(shownName(before.socket)).toBe('CN=sip.example.test')
  })

  it('keeps what it has when the new files are no good', async () => {
    const { tls } = await listen()
    expect(() => tls.reload({ certificate: { certFile: authority.caFile, keyFile: '/nowhere' } })).toThrow('/nowhere')
    const stranger = await authority.files('stranger', 'stranger.test')
    const mixed = { certFile: stranger.certFile, keyFile: certificate.keyFile }
    expect(() => tls.reload({ certificate: mixed })).toThrow('key values mismatch')
    expect(shownName((await connect(tls)).socket)).toBe('CN=sip.example.test')
  })

  it('asks for a client certificate, and takes clients with, without and with a foreign one', async () => {
    const { tls, sink } = await listen({ requestClientCertificate: true, clientAuthorityFile: authority.caFile })
    const own = await authority.issue('alice.example.test')
    const foreign = await (await createTestAuthority()).issue('mallory.test')
    await connect(tls, { cert: own.certificatePem, key: own.keyPem })
    await connect(tls, { cert: foreign.certificatePem, key: foreign.keyPem })
    await connect(tls)
    const shown = []
    for (let index = 0; index < 3; index++) shown.push((await sink.next('opened')).flow)
    expect(shown).toMatchObject([
      { peerCertificate: { isTrusted: true, distrust: null } },
      { peerCertificate: { isTrusted: false, distrust: expect.stringContaining('UNABLE_TO') } },
      { peerCertificate: null },
    ])
  })
})

describe('session tickets (RFC 5077, RFC 8446 §4.6.1)', () => {
  const versions = ['TLSv1.2', 'TLSv1.3'] as const

  it.each(versions)('resume at another listener with the same keys, and after a restart, with %s', async (version) => {
    const ticketKeys = randomBytes(48)
    const first = await listen({ ticketKeys })
    const second = await listen({ ticketKeys })
    const only = { minVersion: version, maxVersion: version }
    const session = await sessionOf(first.tls, only)
    expect((await connect(second.tls, { ...only, session })).socket.isSessionReused()).toBe(true)
    expect((await second.sink.next('opened')).flow).toMatchObject({ security: { isResumed: true } })
    await first.tls.close()
    // Node's own choice of context for sessions is made from the command line.
    process.argv.push('--after-restart')
    endWithTest(() => process.argv.pop())
    const restarted = await listen({ ticketKeys, port: first.tls.port })
    expect((await connect(restarted.tls, { ...only, session })).socket.isSessionReused()).toBe(true)
  })

  it.each(versions)('outlive a reload of the certificate with %s', async (version) => {
    const { tls } = await listen({ ticketKeys: randomBytes(48) })
    const only = { minVersion: version, maxVersion: version }
    const session = await sessionOf(tls, only)
    tls.reload({ certificate })
    expect((await connect(tls, { ...only, session })).socket.isSessionReused()).toBe(true)
  })

  it('end with a full handshake when the keys were rotated, also over a reload', async () => {
    const { tls } = await listen({ ticketKeys: randomBytes(48) })
    const session = await sessionOf(tls)
    const rotated = randomBytes(48)
    tls.setTicketKeys(rotated)
    expect((await connect(tls, { session })).socket.isSessionReused()).toBe(false)
    const newer = await sessionOf(tls)
    tls.reload({ certificate })
    expect((await connect(tls, { session: newer })).socket.isSessionReused()).toBe(true)
  })

  it('do not resume without shared keys', async () => {
    const first = await listen()
    const second = await listen()
    const session = await sessionOf(first.tls)
    expect((await connect(second.tls, { session })).socket.isSessionReused()).toBe(false)
  })
})

describe('TLS peers that do not read', () => {
  it('are cut when more waits for them than may', async () => {
    const { tls, sink } = await listen({ limits: { bufferedBytesMax: 64 * 1024 } })
    const peer = await connect(tls)
    peer.socket.pause()
    const { flow } = await sink.next('opened')
    const fill = setInterval(() => flow.send(Buffer.alloc(128 * 1024)), 1)
    endWithTest(() => clearInterval(fill))
    expect((await sink.next('closed')).text).toBe('transport.never-reading')
    clearInterval(fill)
  })
})
