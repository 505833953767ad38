/**
 * What does our own code cost for a relayed MESSAGE with its 200, without sockets? A worker's core (edge, shard,
 * services, timers, bus to itself) with flows that end in memory. Expected on paper: two messages parsed 1.4 µs, two
 * written 1.2 µs, two transactions 1 µs, operation id 0.8 µs, four bus messages and units 2 µs, garbage 2 µs: 9 µs;
 * bound 15 µs on a quiet machine.
 *
 *     node bench/micro/relay-core.ts          full
 *     node bench/micro/relay-core.ts smoke    a hundredth of it; run by test/unit/bench-smoke.test.ts
 */
import { createSecretBox } from '../../src/directory/index.ts'
import { standardEventSettings } from '../../src/events/index.ts'
import type { Bus, BusMessage } from '../../src/ports/bus.ts'
import type { TransportFlow } from '../../src/ports/flows.ts'
import { standardPresenceSettings } from '../../src/presence/index.ts'
import {
  type CoreSettings,
  KeyedSeals,
  MetricsRegistry,
  RealClock,
  RealEntropy,
  TimerWheel,
  WorkerCore,
} from '../../src/runtime/index.ts'
import { parseChallenge } from '../../src/sip/digest/challenge.ts'
import { answerChallenge } from '../../src/sip/digest/client.ts'
import { computeHa1 } from '../../src/sip/digest/compute.ts'
import { HeaderId } from '../../src/sip/message/header-id.ts'
import { parseMessage } from '../../src/sip/message/parse.ts'
import { parseAor } from '../../src/sip/uri/aor.ts'
import { MemoryDisk } from '../../src/store/index.ts'

const domain = 'example.test'
const messageBytes = 600

export interface RelayFigures {
  /** CPU of this thread for each relayed pair of request and answer, the best of the rounds. */
  readonly pairMicros: number
  readonly pairs: number
  /** Over all bytes that left, so that nobody wins by doing less. */
  readonly digest: number
}

class Client implements TransportFlow {
  readonly transport = 'tcp'
  readonly remoteAddress = '127.0.0.1'
  readonly remotePort: number
  readonly localAddress = '127.0.0.1'
  readonly localPort = 5060
  readonly number: number
  readonly received: Buffer[] = []
  readonly bufferedBytes = 0
  readonly peerCertificate = null

  constructor(number: number) {
    this.number = number
    this.remotePort = 10_000 + number
  }

  send(bytes: Uint8Array): void {
    this.received.push(bytes as Buffer)
  }

  close(): void {}
}

class Bench {
  readonly core: WorkerCore
  readonly clients: readonly Client[]
  readonly #callers: readonly Client[]
  readonly #callees: readonly Client[]
  ownMicros = 0
  digest = 0
  readonly #disk = new MemoryDisk()
  readonly #wheel: TimerWheel
  readonly #clock = new RealClock()
  #queue: BusMessage[] = []

  constructor(pairsCount: number) {
    this.#wheel = new TimerWheel(this.#clock)
    this.#disk.autoFlush = true
    const bus: Bus = {
      worker: 0,
      incarnation: 1,
      workersCount: 1,
      send: (worker, message) => worker === 1 || this.#queue.push(message) > 0,
    }
    const entropy = new RealEntropy()
    const secretBox = createSecretBox(entropy.bytes(32), entropy)
    this.core = new WorkerCore(
      {
        bus,
        clock: this.#clock,
        timers: this.#wheel,
        entropy,
        seals: new KeyedSeals(entropy.bytes(32)),
        secretBox,
        store: this.#disk.attach(0, 1),
        log: { level: 'warn', write: () => {} } as never,
        metrics: new MetricsRegistry(),
      },
      settings,
    )
    this.clients = Array.from({ length: 2 * pairsCount }, (_, number) => new Client(number))
    this.#callers = this.clients.filter(({ number }) => number % 2 === 0)
    this.#callees = this.clients.filter(({ number }) => number % 2 === 1)
  }

  /** As an administrator does it. */
  addUser({ number }: Client): void {
    const ha1 = (algorithm: 'MD5' | 'SHA-256') => computeHa1(algorithm, `u${number}`, domain, 'secret')
    const secrets = { md5: ha1('MD5'), sha256: ha1('SHA-256') }
    const from = { worker: 1, incarnation: 1, half: 'main', number } as const
    const aor = parseAor(`sip:u${number}@${domain}`)!
    this.core.receive({
      kind: 'admin',
      from,
      aor,
      act: { act: 'add', displayName: '', aliases: [], groups: [], secrets, disabled: false },
    })
    this.settle()
  }

  settle(): void {
    do {
      while (this.#queue.length > 0) {
        const queue = this.#queue
        this.#queue = []
        for (const message of queue) this.core.receive(message)
      }
      this.core.endTick()
    } while (this.#disk.drain() > 0 || this.#queue.length > 0)
    this.#wheel.advance(this.#clock.monotonicMs())
  }

  async signIn(): Promise<void> {
    await this.core.load()
    for (const client of this.clients) {
      this.addUser(client)
      this.core.edge.onFlowOpened(client)
      this.deliver(client, registerOf(client, null))
      const challenge = parseMessage(client.received.pop()!).message!.all(HeaderId.wwwAuthenticate)
      this.deliver(client, registerOf(client, challenge.at(-1)!))
      const answer = parseMessage(client.received.pop()!).message!
      if (answer.statusCode !== 200) throw new Error(answer.bytes.toString())
    }
  }

  /** Each even client sends its neighbour a message, and is answered. */
  relay(sequence: number): void {
    const requests = this.#callers.map(({ number, remotePort }) => messageOf(number, remotePort, sequence))
    this.#timed(this.#callers, requests)
    const answers = this.#callees.map(({ received }) => answerOf(received.pop()!))
    this.#timed(this.#callees, answers)
    for (const { received } of this.#callers) this.digest = (this.digest * 31 + received.pop()!.length) | 0
  }

  #timed(clients: readonly Client[], messages: readonly Buffer[]): void {
    this.ownMicros += cpuMicros(() => {
      for (const [index, client] of clients.entries()) this.core.edge.onFlowMessage(client, messages[index]!)
      this.settle()
    })
  }

  deliver(client: Client, bytes: Buffer): void {
    this.core.edge.onFlowMessage(client, bytes)
    this.settle()
  }
}

function registerOf({ number, remotePort }: Client, challenge: string | null): Buffer {
  const uri = `sip:${domain}`
  const who = { username: `u${number}`, password: 'secret', method: 'REGISTER', uri, body: null, nc: 1, cnonce: 'c0' }
  const credentials = challenge === null ? null : answerChallenge([parseChallenge(challenge)!], who)
  return Buffer.from(
    [
      `REGISTER ${uri} SIP/2.0`,
      `Via: SIP/2.0/TCP 127.0.0.1:${remotePort};branch=z9hG4bKr${number}${challenge === null ? 'a' : 'b'};rport`,
      'Max-Forwards: 70',
      `From: <sip:u${number}@${domain}>;tag=r${number}`,
      `To: <sip:u${number}@${domain}>`,
      `Call-ID: r${number}`,
      `CSeq: ${challenge === null ? 1 : 2} REGISTER`,
      `Contact: <sip:u${number}@127.0.0.1:${remotePort};transport=tcp>;+sip.instance="<urn:uuid:${number}>"`,
      ...(credentials === null ? [] : [`Authorization: ${credentials}`]),
      'Content-Length: 0\r\n\r\n',
    ].join('\r\n'),
  )
}

function messageOf(number: number, remotePort: number, sequence: number): Buffer {
  const head = [
    `MESSAGE sip:u${number + 1}@${domain} SIP/2.0`,
    `Via: SIP/2.0/TCP 127.0.0.1:${remotePort};branch=z9hG4bKm${number}x${sequence};rport`,
    'Max-Forwards: 70',
    `From: <sip:u${number}@${domain}>;tag=m${number}`,
    `To: <sip:u${number + 1}@${domain}>`,
    `Call-ID: m${number}@bench`,
    `CSeq: ${sequence} MESSAGE`,
    'User-Agent: Bench/1',
    'Content-Type: text/plain;charset=UTF-8',
  ].join('\r\n')
  const bodyBytes = messageBytes - head.length - 25
  return Buffer.from(
    `${head}\r\nContent-Length: ${bodyBytes}\r\n\r\n${'see you at ten '.repeat(40).slice(0, bodyBytes)}`,
  )
}

function answerOf(bytes: Buffer): Buffer {
  const lines = bytes.toString('latin1').split('\r\n')
  const kept = lines.filter((line) => /^(Via|From|To|Call-ID|CSeq):/.test(line))
  const tagged = kept.map((line) => (line.startsWith('To:') ? `${line};tag=b` : line))
  return Buffer.from(['SIP/2.0 200 OK', ...tagged, 'Content-Length: 0\r\n\r\n'].join('\r\n'))
}

/** Rounds of all pairs are measured in blocks, because the kernel counts a thread's time in steps of milliseconds. */
export async function measureRelay(pairs: number, blocks: number, roundsPerBlock: number): Promise<RelayFigures> {
  const bench = new Bench(pairs)
  await bench.signIn()
  let best = Number.POSITIVE_INFINITY
  for (let block = 0; block < blocks; block++) {
    bench.ownMicros = 0
    for (let round = 0; round < roundsPerBlock; round++) bench.relay(1 + block * roundsPerBlock + round)
    best = Math.min(best, bench.ownMicros / (pairs * roundsPerBlock))
  }
  return { pairMicros: best, pairs: pairs * blocks * roundsPerBlock, digest: bench.digest }
}

function cpuMicros(work: () => void): number {
  const before = process.threadCpuUsage()
  work()
  const { user, system } = process.threadCpuUsage(before)
  return user + system
}

const settings: CoreSettings = {
  asksDirectory: false,
  topology: null,
  edge: {
    domains: [domain],
    realm: domain,
    bootId: '0123456789abcdef',
    failuresPerFlowMax: 3,
    bearer: null,
    limits: {
      flow: { requestsPerSecond: 0, burst: 1 },
      source: { requestsPerSecond: 0, burst: 1 },
      busyAfterMs: 0,
      busyAfterWaiting: 0,
      memoryBytesMax: 0,
      newFlowsPerSecond: 0,
      failuresPerMinute: 0,
      banMs: 1000,
    },
    udpFragmentBytesMax: 8192,
    serverName: 'Meridian/bench',
    homesChallenge: false,
    addsPath: false,
  },
  authentication: {
    realm: domain,
    bootId: '0123456789abcdef',
    nonceLifetimeMs: 86_400_000,
    reauthenticateMs: 86_400_000,
    withoutQop: 'tls',
    bearer: null,
  },
  services: {
    policy: { default: 'open' },
    registrar: {
      minExpiresSeconds: 60,
      maxExpiresSeconds: 7200,
      defaultExpiresSeconds: 3600,
      devicesMax: 10,
      deviceRememberedMs: 86_400_000,
    },
    messaging: {
      deliveryTimeoutMs: 5000,
      mailboxMessagesMax: 500,
      mailboxBytesMax: 5_000_000,
      deviceQueueMax: 200,
      messageExpiryMs: 86_400_000,
      requestsPerSecond: 0,
      burst: 1,
      busyAfterMs: 0,
      busyAfterWaiting: 0,
    },
    events: standardEventSettings,
    presence: standardPresenceSettings,
    xcap: { root: '/xcap-root' },
  },
}

if (import.meta.main) {
  const [pairs, blocks, rounds] = process.argv[2] === 'smoke' ? [20, 2, 2] : [200, 12, 50]
  const { pairMicros, digest } = await measureRelay(pairs, blocks, rounds)
  console.log(`relayed pair: ${pairMicros.toFixed(2)} µs of our own code, digest ${digest}`)
}
