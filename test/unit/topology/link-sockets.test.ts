/**
 * Links over real TLS (D§9.2, P5): who becomes one and who stays a client, tickets, renewal, deny list, cuts, peers
 * that are ill.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from 'node:tls'
import { afterAll, describe, expect, it } from 'vitest'
import type { CertificateFiles } from '../../../src/certificates/index.ts'
import { encodeHello, type Hello } from '../../../src/topology/links/hello.ts'
import { protocolMajor } from '../../../src/topology/links/message-shapes.ts'
import {
  asX509,
  fingerprintOf,
  type Issued,
  issue,
  keyPemOf,
  pemOf,
  usageOfClients,
  usageOfServers,
  type Wanted,
} from '../../support/issued-certificates.ts'
import { type LinkServerOptions, RealLinkServer, topologyFor, until } from '../../support/link-servers.ts'
import { cancel, epoch, everyKind } from '../runtime/bus-messages.ts'
import { loopbacks } from '../transport/loopbacks.ts'
import { asPeer, endWithTest } from '../transport/peers.ts'
import { messageWith } from '../transport/recording-sink.ts'

const folder = mkdtempSync(join(tmpdir(), 'meridian-test-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const root = await issue({ name: 'Root', isAuthority: true }, null)
const otherRoot = await issue({ name: 'Other root', isAuthority: true }, null)
const authorities = Buffer.from(pemOf(root))
const trust = { authorities: [asX509(root)], revocations: [] }

let filesCount = 0
async function filesOf(...chain: readonly Issued[]): Promise<CertificateFiles> {
  const path = join(folder, `${filesCount++}`)
  const files = { certFile: `${path}.pem`, keyFile: `${path}.key` }
  writeFileSync(files.certFile, pemOf(...chain))
  writeFileSync(files.keyFile, await keyPemOf(chain[0]!))
  return files
}

const nameOf = (name: string) => `${name}.example.test`
const issueFor = (name: string, issuer = root) => issue({ name, dns: [nameOf(name)] }, issuer)

async function listen(name: string, options: Partial<LinkServerOptions> = {}): Promise<RealLinkServer> {
  const certificate = options.certificate ?? (await filesOf(await issueFor(name)))
  const server = await RealLinkServer.listen({ name: nameOf(name), certificate, authorities, trust, ...options })
  endWithTest(() => server.close())
  return server
}

/** Two homes that link to each other. */
async function linked(options: Partial<LinkServerOptions> = {}) {
  const [a, b] = [await listen('a', options), await listen('b', options)]
  const topology = topologyFor([a, b])
  a.begin(topology)
  b.begin(topology)
  await until(() => [a, b].every(({ pool }) => pool.status()[0]?.connectionsCount === 2))
  return { a, b, topology }
}

describe.each(loopbacks)('two servers on %s', (host) => {
  it('link to each other, and what one says arrives at the other', async () => {
    const { a, b } = await linked({ host })
    for (let number = 0; number < 500; number++)
      a.pool.send(nameOf('b'), 0, { ...everyKind.deliver, receivedMs: number })
    b.pool.send(nameOf('a'), 0, epoch(7))
    await until(() => b.heard.messages.length === 500 && a.heard.messages.length === 1)
    const order = b.heard.messages.map(({ message }) => (message.kind === 'deliver' ? message.receivedMs : -1))
    expect(order).toEqual(Array.from({ length: 500 }, (_, number) => number))
    expect(a.pool.status()).toMatchObject([
      { server: nameOf('b'), isUp: true, remoteAddresses: [host], lastFault: null },
    ])
    expect(a.pool.status()[0]?.roundTripMs).not.toBeNull()
    expect(a.edge.events).toEqual([])
  })
})

it('an issuing authority below the configured one is sent along, and believed', async () => {
  const issuing = await issue({ name: 'Issuing', isAuthority: true, pathLength: 0 }, root)
  const b = await listen('b', { certificate: await filesOf(await issueFor('b', issuing), issuing) })
  const a = await listen('a')
  const topology = topologyFor([a, b])
  a.begin(topology)
  b.begin(topology)
  await until(() => a.heard.words.length > 0 && b.heard.words.length > 0)
  expect(a.lines('link.refused')).toEqual([])
})

/** A peer that offers to be a link, shows what it is given, and says that it is `b`. */
async function offer(
  to: RealLinkServer,
  shown: Issued | null,
  options: ConnectionOptions = {},
  said: Partial<Hello> = {},
) {
  const socket = connectTls({
    host: to.listener.address,
    port: to.listener.port,
    ca: authorities,
    servername: to.options.name,
    ALPNProtocols: ['meridian-link'],
    ...(shown ? { cert: pemOf(shown), key: await keyPemOf(shown) } : {}),
    ...options,
  })
  const peer = asPeer(socket)
  const sessions: Buffer[] = []
  socket.on('session', (session) => sessions.push(session))
  await Promise.race([new Promise((resolve) => socket.once('secureConnect', resolve)), peer.gone])
  const say = (bytes: string | Uint8Array) => socket.write(bytes)
  say(encodeHello({ ...hello, ...said }, to.options.name, 'test'))
  return { ...peer, socket: socket as TLSSocket, say, sessions }
}

const hello: Hello = {
  name: nameOf('b'),
  role: 'home',
  bootId: '00000000000000bb',
  workersCount: 1,
  topologyVersion: 1,
  timeMs: Date.now(),
  protocol: { major: protocolMajor, minor: 0 },
  intermediates: [],
}

/** A server that lists a `b` which has not begun, so that tests can play it. */
async function alone(
  options: Partial<LinkServerOptions> = {},
  denied: readonly string[] = [],
): Promise<RealLinkServer> {
  const a = await listen('a', options)
  const { servers, ...rest } = topologyFor([a])
  const b = { name: nameOf('b'), role: 'home', linkHost: '127.0.0.1', linkPort: 1, clientUri: null } as const
  a.begin({ ...rest, servers: [...servers, b], deniedFingerprints: denied })
  return a
}

describe('a peer whose certificate does not prove that it is the server that it says', () => {
  const good: Wanted = { name: 'b', dns: [nameOf('b')] }
  const bad: readonly (readonly [string, () => Promise<Issued | null>])[] = [
    ['no-certificate', async () => null],
    ['unknown-authority', () => issue(good, otherRoot)],
    ['self-signed', () => issue(good, null)],
    ['expired', () => issue({ ...good, fromDays: -9, untilDays: -1 }, root)],
    ['not-yet-valid', () => issue({ ...good, fromDays: 1 }, root)],
    ['no-client-usage', () => issue({ ...good, usages: [usageOfServers] }, root)],
    ['no-server-usage', () => issue({ ...good, usages: [usageOfClients] }, root)],
    ['wrong-name', () => issue({ name: 'c', dns: ['c.example.test', 'example.test'] }, root)],
  ]

  it.each(bad)('is refused (%s) with names expected and seen in the log, and stays a client', async (reason, make) => {
    const a = await alone()
    const peer = await offer(a, await make())
    await peer.received('SIP/2.0 403 ')
    const [line] = a.lines('link.refused')
    expect(line).toMatchObject({ peer: nameOf('b'), reason, remoteAddress: '127.0.0.1' })
    if (reason === 'wrong-name')
      expect(line).toMatchObject({ expected: nameOf('b'), seen: 'c.example.test, example.test' })
    peer.say(messageWith('hello from a client'))
    await until(() => a.edge.of('message').length === 1)
    expect(a.edge.events.map(({ kind }) => kind)).toEqual(['opened', 'message'])
    expect(a.heard.words).toEqual([])
  })

  it('is refused where the certificate is denied', async () => {
    const stolen = await issue(good, root)
    const a = await alone({}, [fingerprintOf(stolen)])
    await (await offer(a, stolen)).received('SIP/2.0 403 ')
    expect(a.lines('link.refused')).toMatchObject([
      { reason: 'denied', seen: expect.stringContaining(fingerprintOf(stolen)) },
    ])
  })

  it('is refused where a revocation list names it', async () => {
    const revoked = await issue(good, root)
    const serialNumbers = new Set([revoked.certificate.serialNumber.replace(/^0+/, '')])
    const a = await alone({ trust: { ...trust, revocations: [{ issuer: 'CN=Root', serialNumbers }] } })
    await (await offer(a, revoked)).received('SIP/2.0 403 ')
    expect(a.lines('link.refused')).toMatchObject([{ reason: 'revoked' }])
  })

  it('is refused in a role that it does not have, and where the topology does not list it', async () => {
    const a = await alone()
    const both = await issue({ name: 'b', dns: [nameOf('b'), nameOf('x')] }, root)
    await (await offer(a, both, {}, { role: 'front-end' })).received('SIP/2.0 403 ')
    await (await offer(a, both, {}, { name: nameOf('x') })).received('SIP/2.0 403 ')
    expect(a.lines('link.refused').map(({ reason }) => reason)).toEqual(['wrong-role', 'not-in-topology'])
  })

  it('never hears a hello where it is the one that was connected to', async () => {
    const impostor = await listen('b', { certificate: await filesOf(await issueFor('c')) })
    const a = await listen('a')
    const topology = topologyFor([a, impostor])
    a.begin(topology)
    await until(() => a.lines('link.refused').length > 0)
    expect(a.lines('link.refused')[0]).toMatchObject({ reason: 'wrong-name', expected: nameOf('b'), seen: nameOf('c') })
    await until(() => a.pool.status()[0]?.lastFault?.includes('is not b.example.test') === true)
    expect(impostor.edge.texts('message')).toEqual([])
    expect(a.heard.words).toEqual([])
  })
})

describe('the first exchange', () => {
  it('refuses a later protocol, with a reason that the other end sees, and one in the own log', async () => {
    const a = await alone()
    const peer = await offer(a, await issueFor('b'), {}, { protocol: { major: protocolMajor + 1, minor: 0 } })
    await peer.received(`SIP/2.0 488 Link protocol ${protocolMajor + 1} is not ${protocolMajor}`)
    const [line] = a.lines('link.protocol-too-new')
    expect(line).toMatchObject({ theirs: protocolMajor + 1, cure: expect.stringContaining('this server') })
  })

  it('passes for a client what is no hello', async () => {
    const a = await alone()
    const peer = await offer(a, await issueFor('b'), {}, { bootId: 'short' })
    await peer.received('SIP/2.0 400 ')
    expect(a.heard.words).toEqual([])
  })

  it('is not for clients: who has offered no link in the handshake is none, whatever it shows', async () => {
    const a = await alone()
    await offer(a, await issueFor('b'), { ALPNProtocols: [] })
    await until(() => a.edge.of('message').length === 1)
    expect(a.edge.texts('message')[0]).toMatch(/^OPTIONS /)
    expect(a.heard.words).toEqual([])
  })
})

describe('an address for links alone', () => {
  it('takes links, and ends everybody else in the handshake', async () => {
    const a = await alone({ isOnlyLinks: true })
    const client = await offer(a, await issueFor('b'), { ALPNProtocols: [] })
    await client.gone
    // Neither a client that says what links say, nor a server that is none.
    const stranger = await offer(a, await issueFor('b', otherRoot))
    expect(await stranger.received('SIP/2.0 403 ')).not.toContain('200')
    await stranger.gone
    expect(a.edge.events).toEqual([])
    await (await offer(a, await issueFor('b'))).received('SIP/2.0 200 ')
    expect(a.heard.words).toEqual([`${nameOf('b')} up b`])
  })
})

/** A session to resume with. */
async function sessionFrom(a: RealLinkServer, shown: Issued, options: ConnectionOptions): Promise<Buffer> {
  const { sessions, socket, gone } = await offer(a, shown, options)
  await until(() => sessions.length > 0)
  socket.end()
  await gone
  return sessions[0]!
}

describe.each(['TLSv1.2', 'TLSv1.3'] as const)('session tickets with %s', (version) => {
  const only = { minVersion: version, maxVersion: version } as const

  it('are none on links: no session is resumed, neither with what a link was given nor with a client’s', async () => {
    const a = await alone({ ticketKeys: Buffer.alloc(48, 7) })
    const b = await issueFor('b')
    for (const ALPNProtocols of [['meridian-link'], []]) {
      const session = await sessionFrom(a, b, { ...only, ALPNProtocols })
      const peer = await offer(a, b, { ...only, session })
      await peer.received('SIP/2.0 200')
      expect(peer.socket.isSessionReused()).toBe(false)
    }
  })

  it('of clients never make a link: a resumed session has checked no certificate', async () => {
    const a = await alone({ ticketKeys: Buffer.alloc(48, 7) })
    const b = await issueFor('b')
    const session = await sessionFrom(a, b, { ...only, ALPNProtocols: [] })
    const peer = await offer(a, b, { ...only, ALPNProtocols: [], session })
    expect(peer.socket.isSessionReused()).toBe(true)
    await until(() => a.edge.of('message').length === 2)
    expect(a.heard.words).toEqual([])
  })
})

describe('while links are up', () => {
  it('a certificate is renewed without dropping one, and the next connection shows the new', async () => {
    const { a, b } = await linked()
    const renewed = await issueFor('a')
    a.certificate = await filesOf(renewed)
    a.listener.reload({ certificate: a.certificate })
    a.pool.send(nameOf('b'), 0, epoch(1))
    b.pool.send(nameOf('a'), 0, epoch(1))
    await until(() => a.heard.messages.length === 1 && b.heard.messages.length === 1)
    expect([a.heard.words.length, b.heard.words.length]).toEqual([1, 1])
    const peer = await offer(a, await issueFor('b'))
    expect(peer.socket.getPeerX509Certificate()?.fingerprint256).toBe(asX509(renewed).fingerprint256)
  })

  it('a certificate that comes on the deny list ends its links within a second', async () => {
    const denied = await issueFor('b')
    const a = await listen('a')
    const b = await listen('b', { certificate: await filesOf(denied) })
    const topology = topologyFor([a, b])
    a.begin(topology)
    b.begin(topology)
    await until(() => a.pool.status()[0]?.connectionsCount === 2)
    const begunMs = performance.now()
    a.pool.setTopology({ ...topology, version: 2, deniedFingerprints: [fingerprintOf(denied)] })
    expect(a.heard.words.at(-1)).toBe(`${nameOf('b')} down a`)
    await until(() => b.heard.words.length === 2)
    expect(performance.now() - begunMs).toBeLessThan(1_000)
    await until(() => a.lines('link.refused').length >= 2)
    expect(a.pool.status()).toMatchObject([{ isUp: false }])
  })

  it('an authority that is trusted no more ends them too', async () => {
    const { a } = await linked()
    a.trust = { authorities: [asX509(otherRoot)], revocations: [] }
    a.pool.recheck()
    expect(a.pool.status()).toMatchObject([{ isUp: false, connectionsCount: 0 }])
    expect(a.lines('link.refused').map(({ reason }) => reason)).toContain('unknown-authority')
  })

  it('a server that ends is known at once; its facts arrive when it is there again', async () => {
    const { a, b, topology } = await linked()
    await b.close()
    await until(() => a.heard.words.length === 2)
    expect(a.pool.send(nameOf('b'), 0, cancel(1))).toBe(false)
    expect(a.pool.send(nameOf('b'), 0, epoch(9))).toBe(true)
    const again = await listen('b', { bootId: '00000000000000cc' })
    const servers = topologyFor([a, again]).servers
    again.begin({ ...topology, servers })
    a.pool.setTopology({ ...topology, servers })
    await until(() => again.heard.messages.length === 1)
    expect(a.heard.words).toEqual(['a', 'down', 'c'].map((end) => expect.stringContaining(end)))
  })
})

describe('a link whose peer is ill', () => {
  it('is ended where it sends garbage in a batch, with a reason that it sees and a count', async () => {
    const a = await alone()
    const peer = await offer(a, await issueFor('b'))
    await peer.received('SIP/2.0 200')
    peer.say(batchOf(Buffer.from([99, 0, 1, 1])))
    await peer.received('SIP/2.0 400 there is no kind 99')
    await peer.gone
    expect(a.heard.words).toEqual([`${nameOf('b')} up b`, `${nameOf('b')} down b`])
    expect(a.lines('link.closed')).toMatchObject([{ reason: 'link.bad-batch', fault: 'there is no kind 99' }])
    const faults = a.metrics.snapshot().find(({ name }) => name === 'meridian_link_faults_total')
    expect(faults?.value).toBe(1)
  })

  it('is ended where it sends what is no batch', async () => {
    const a = await alone()
    const peer = await offer(a, await issueFor('b'))
    await peer.received('SIP/2.0 200')
    peer.say(messageWith('a client’s message on a link'))
    await peer.gone
    expect(a.lines('link.closed')).toMatchObject([{ reason: 'link.bad-message' }])
    expect(a.edge.events).toEqual([])
  })

  it('is ended where it announces a batch that is too long', async () => {
    const a = await alone()
    const peer = await offer(a, await issueFor('b'))
    await peer.received('SIP/2.0 200')
    peer.say(batchOf(Buffer.alloc(0)).replace('Content-Length: 0', 'Content-Length: 9000000'))
    await until(() => a.lines('link.closed').length === 1)
    expect(a.lines('link.closed')).toMatchObject([{ reason: 'framing.body-too-long' }])
  })

  it('and does not read costs eight batches and no more, and asks are refused when too many wait', async () => {
    const a = await alone()
    const peer = await offer(a, await issueFor('b'))
    await peer.received('SIP/2.0 200')
    peer.socket.pause()
    const large = { ...everyKind.xcap, body: Buffer.alloc(100_000) }
    let taken = 0
    while (taken < 2_000 && a.pool.send(nameOf('b'), 0, large)) {
      if (++taken % 20 === 0) await new Promise((resolve) => setImmediate(resolve))
    }
    expect(taken).toBeLessThan(1_000)
    expect(a.pool.status()[0]).toMatchObject({ isUp: true })
    expect(a.metrics.snapshot().find(({ name }) => name === 'meridian_link_asks_refused_total')?.value).toBe(1)
  })
})

/** As latin-1 text. */
function batchOf(body: Buffer): string {
  return [
    'BATCH sip:a.example.test SIP/2.0',
    'Via: SIP/2.0/TLS b.example.test;branch=z9hG4bK1',
    'From: <sip:b.example.test>;tag=1',
    'To: <sip:a.example.test>',
    'Call-ID: 1',
    'CSeq: 2 BATCH',
    'Max-Forwards: 0',
    'Content-Type: application/vnd.meridian.batch',
    `Content-Length: ${body.length}`,
    '',
    body.toString('latin1'),
  ].join('\r\n')
}
