/**
 * What does a message cost that crosses a link between two servers: encoded, framed, over TLS 1.3 on loopback, framed,
 * decoded and checked, confirmed? Both ends run on this thread, so that its CPU is that of both. Expected on paper for
 * a MESSAGE of 600 bytes in batches of 64: encoding 4 µs, decoding 5 with the parse of the SIP message (2), TLS and
 * sockets 1 for each: 12 µs. One in a batch: framing and its confirmation 6, two writes and two reads of TLS 20: 40 µs.
 * Bound under load: 20,000 a second and core, which are 50 µs.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type CertificateFiles,
  checkPeer,
  createAuthority,
  issueCertificate,
  readLinkTrust,
  writeCertificate,
  writePublicFile,
} from '../src/certificates/index.ts'
import type { BusMessage, DeliverMessage } from '../src/ports/bus.ts'
import type { FlowId, FlowSink } from '../src/ports/flows.ts'
import type { LinkSink } from '../src/ports/links.ts'
import type { Topology } from '../src/ports/topology.ts'
import { MetricsRegistry, RealClock, RealEntropy, TimerWheel } from '../src/runtime/index.ts'
import { LinkGate } from '../src/runtime/link-gate.ts'
import { parseMessage } from '../src/sip/message/parse.ts'
import { parseAor } from '../src/sip/uri/aor.ts'
import { LinkPool, linkSizes } from '../src/topology/index.ts'
import { decodeBatch, encodeMessage } from '../src/topology/links/batch-codec.ts'
import { LinkDialer, openTls, type TlsListener } from '../src/transport/index.ts'
import type { Bench, Figure, Size } from './harness/figures.ts'

interface Sizes {
  readonly messages: number
  readonly rounds: number
}

const sizes: Readonly<Record<Size, Sizes>> = {
  smoke: { messages: 200, rounds: 1 },
  full: { messages: 40_000, rounds: 5 },
}

export const linkBench: Bench = {
  name: 'link',
  question: 'What does a message cost that crosses a link, both ends together?',
  run: (size) => link(sizes[size]),
}

class Received implements LinkSink {
  count = 0
  isUp = false
  /** So that nobody wins by doing less. */
  digest = 0

  onPeerUp(): void {
    this.isUp = true
  }

  onPeerLoss(): void {}

  onPeerDown(): void {
    this.isUp = false
  }

  onPeerMessage(_peer: unknown, _worker: number, message: BusMessage): void {
    this.count++
    if (message.kind === 'deliver') this.digest = (this.digest * 31 + message.request.bytes.length) | 0
  }
}

interface End {
  readonly name: string
  readonly certificate: CertificateFiles
  readonly received: Received
  listener: TlsListener
  pool: LinkPool
}

class Link {
  readonly #folder = mkdtempSync(join(tmpdir(), 'meridian-bench-link-'))
  readonly #wheel = new TimerWheel(new RealClock())
  readonly #ends: End[] = []

  async open(): Promise<readonly [End, End]> {
    const authority = await createAuthority({ commonName: 'bench' })
    const caFile = join(this.#folder, 'ca.crt')
    writePublicFile(caFile, authority.certificatePem)
    const trust = await readLinkTrust({ caFile }, Date.now())
    for (const name of ['a.example.test', 'b.example.test']) {
      const certificate = { certFile: join(this.#folder, `${name}.crt`), keyFile: join(this.#folder, `${name}.key`) }
      writeCertificate(certificate, await issueCertificate({ authority, names: [name] }))
      this.#ends.push(await this.#listen(name, certificate, trust.caPem))
    }
    const topology = topologyOf(this.#ends)
    for (const end of this.#ends) end.pool = this.#poolOf(end, topology, trust)
    const [a, b] = this.#ends as [End, End]
    a.pool.start()
    b.pool.start()
    await turnsUntil(() => a.received.isUp && b.received.isUp)
    return [a, b]
  }

  async close(): Promise<void> {
    for (const { pool } of this.#ends) pool.close()
    for (const { listener } of this.#ends) await listener.close()
    rmSync(this.#folder, { recursive: true })
  }

  async #listen(name: string, certificate: CertificateFiles, authorities: Buffer): Promise<End> {
    const end = { name, certificate, received: new Received() } as End
    const gate = new LinkGate(nobody, {
      isHello: (bytes) => end.pool.isHello(bytes),
      accept: (flow, bytes) => end.pool.accept(flow, bytes),
    })
    end.listener = await openTls({ host: '127.0.0.1', port: 0, certificate, links: { authorities } }, gate)
    return end
  }

  #poolOf(end: End, topology: Topology, trust: Awaited<ReturnType<typeof readLinkTrust>>): LinkPool {
    const clock = new RealClock()
    const dialer = new LinkDialer(linkSizes)
    const { certFile, keyFile } = end.certificate
    const material = { certificate: readFileSync(certFile), key: readFileSync(keyFile), authorities: trust.caPem }
    return new LinkPool(
      { name: end.name, role: 'home', bootId: '00000000000000be', workersCount: 1 },
      topology,
      {
        clock,
        timers: this.#wheel,
        entropy: new RealEntropy(),
        log: { write: () => {} },
        metrics: new MetricsRegistry(),
        dial: ({ linkHost: host, linkPort: port, name }, sink) => dialer.dial({ host, port, name }, material, sink),
        check: (evidence, peer, servers) => checkPeer(evidence, peer, servers, trust, Date.now()),
        ownIntermediates: () => [],
        onWork: () => setImmediate(() => end.pool.flush()),
      },
      end.received,
    )
  }
}

const nobody: FlowSink = {
  onFlowOpened: () => {},
  onFlowMessage: () => {},
  onFlowFault: () => {},
  onFlowClosed: () => {},
}

function topologyOf(ends: readonly End[]): Topology {
  const servers = ends.map(({ name, listener: { address, port } }) => {
    return { name, role: 'home', linkHost: address, linkPort: port, clientUri: null } as const
  })
  return { version: 1, domains: ['example.test'], servers, deniedFingerprints: [] }
}

async function turnsUntil(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve))
}

async function link(size: Sizes): Promise<Figure[]> {
  const ends = new Link()
  try {
    const [a, b] = await ends.open()
    const codec = await codecMicros(size)
    await crossing(a, b, size, 64)
    const batched = await crossing(a, b, size, 64)
    const single = await crossing(a, b, { ...size, messages: size.messages / 4 }, 1)
    return [
      { what: 'encode and decode a MESSAGE of 600 bytes', value: codec, unit: 'µs' },
      { what: 'over a link, 64 in a turn', value: batched, unit: 'µs', atMost: 50 },
      { what: 'over a link, one in a turn', value: single, unit: 'µs' },
      { what: 'messages a second and core, 64 in a turn', value: Math.round(1e6 / batched), unit: '/s' },
    ]
  } finally {
    await ends.close()
  }
}

function crossing(a: End, b: End, size: Sizes, inTurn: number): Promise<number> {
  const message = delivery()
  return bestMicros(size, async (messages) => {
    const { count } = b.received
    for (let sent = 0; sent < messages; sent += inTurn) {
      for (let index = 0; index < inTurn; index++) mustSend(a.pool, b.name, message)
      await turnsUntil(() => count + sent <= b.received.count)
    }
    await turnsUntil(() => b.received.count >= count + messages)
  })
}

function mustSend(pool: LinkPool, server: string, message: BusMessage): void {
  if (!pool.send(server, 0, message)) throw new Error('the link is not up any more')
}

function codecMicros(size: Sizes): Promise<number> {
  const message = delivery()
  return bestMicros(size, (messages) => {
    for (let index = 0; index < messages; index++) decodeBatch(encodeMessage(0, message) as Buffer)
  })
}

/** The best of the rounds: CPU of this thread for each message. */
async function bestMicros(
  { messages, rounds }: Sizes,
  round: (messages: number) => void | Promise<void>,
): Promise<number> {
  let best = Number.POSITIVE_INFINITY
  for (let count = 0; count < rounds; count++) {
    const before = process.threadCpuUsage()
    await round(messages)
    const { user, system } = process.threadCpuUsage(before)
    best = Math.min(best, (user + system) / messages)
  }
  return best
}

function delivery(): DeliverMessage {
  const alice = parseAor('sip:alice@example.test')!
  const bob = parseAor('sip:bob@example.test')!
  const flow = '0.1.7.00000000000000be' as FlowId
  const identity = { aor: alice, aliases: [], epoch: 1, untilMs: 1e12, token: null, provedUntilMs: null }
  return {
    kind: 'deliver',
    from: { worker: 0, incarnation: 1, half: 'edge', number: 7 },
    sender: alice,
    party: { aor: alice, aliases: [], groups: ['sales'] },
    recipient: bob,
    request: parseMessage(messageBytes()).message!,
    operationId: 'a'.repeat(43),
    receivedMs: 1e12,
    source: {
      flow,
      transport: 'tls',
      remoteAddress: '192.0.2.7',
      remotePort: 50_000,
      localAddress: '192.0.2.1',
      localPort: 5061,
      identity,
    },
    identity,
    unlessKnown: null,
    isCopied: false,
  }
}

function messageBytes(): Buffer {
  const head = [
    'MESSAGE sip:bob@example.test SIP/2.0',
    'Via: SIP/2.0/TLS 192.0.2.7:50000;branch=z9hG4bK776asdhds;rport',
    'Max-Forwards: 70',
    'From: "Alice" <sip:alice@example.test>;tag=1928301774',
    'To: <sip:bob@example.test>',
    'Call-ID: a84b4c76e66710@192.0.2.7',
    'CSeq: 314159 MESSAGE',
    'User-Agent: Bench/1',
    'Content-Type: text/plain;charset=UTF-8',
  ].join('\r\n')
  const bodyBytes = 600 - head.length - 25
  return Buffer.from(
    `${head}\r\nContent-Length: ${bodyBytes}\r\n\r\n${'see you at ten '.repeat(40).slice(0, bodyBytes)}`,
  )
}
