/**
 * Servers with real links: TLS on loopback, certificates made in the test, the gate in front of what stands for the
 * edge. Time is the machine's; tests wait for what they want to see, not for time.
 */
import { readFileSync } from 'node:fs'
import { type CertificateFiles, checkPeer, intermediatesOf, type LinkTrust } from '../../src/certificates/index.ts'
import type { CheckPeer } from '../../src/ports/link-flow.ts'
import type { ServerRole, Topology } from '../../src/ports/topology.ts'
import { MetricsRegistry, RealClock, RealEntropy, TimerWheel } from '../../src/runtime/index.ts'
import { LinkGate, noClients } from '../../src/runtime/link-gate.ts'
import { LinkPool, linkSizes } from '../../src/topology/index.ts'
import { LinkDialer, openTls, type TlsListener } from '../../src/transport/index.ts'
import { RecordingLog, RecordingSink } from '../unit/transport/recording-sink.ts'
import { HeardLinks } from './link-world.ts'

export interface LinkServerOptions {
  readonly name: string
  readonly role?: ServerRole
  readonly host?: string
  readonly certificate: CertificateFiles
  /** PEM of the authorities, and what is made of it. */
  readonly authorities: Buffer
  readonly trust: LinkTrust
  readonly bootId?: string
  readonly ticketKeys?: Buffer
  readonly isOnlyLinks?: boolean
}

export class RealLinkServer {
  readonly options: LinkServerOptions
  readonly heard = new HeardLinks()
  readonly log = new RecordingLog()
  readonly metrics = new MetricsRegistry()
  /** What becomes of flows that are no links. */
  readonly edge = new RecordingSink()
  listener!: TlsListener
  pool!: LinkPool
  certificate: CertificateFiles
  trust: LinkTrust
  readonly #wheel: TimerWheel
  readonly #clock = new RealClock()
  readonly #turn: NodeJS.Timeout
  #isScheduled = false

  private constructor(options: LinkServerOptions) {
    this.options = options
    this.certificate = options.certificate
    this.trust = options.trust
    this.#wheel = new TimerWheel(this.#clock)
    this.#turn = setInterval(() => this.#wheel.advance(this.#clock.monotonicMs()), 10)
  }

  /** Listens, and takes links once `begin` was called. */
  static async listen(options: LinkServerOptions): Promise<RealLinkServer> {
    const server = new RealLinkServer(options)
    const { certificate, authorities, host = '127.0.0.1', ticketKeys, isOnlyLinks = false } = options
    const gate = new LinkGate(isOnlyLinks ? noClients : server.edge, {
      isHello: (bytes) => server.pool.isHello(bytes),
      accept: (flow, bytes) => server.pool.accept(flow, bytes),
    })
    server.listener = await openTls(
      {
        host,
        port: 0,
        certificate,
        log: server.log,
        links: { authorities, isOnlyLinks },
        ...(ticketKeys ? { ticketKeys } : {}),
      },
      gate,
    )
    return server
  }

  begin(topology: Topology): void {
    const { name, role = 'home', bootId = '00000000000000aa' } = this.options
    const dialer = new LinkDialer(linkSizes)
    const check: CheckPeer = (evidence, peer, servers) => checkPeer(evidence, peer, servers, this.trust, Date.now())
    this.pool = new LinkPool(
      { name, role, bootId, workersCount: 1 },
      topology,
      {
        clock: this.#clock,
        timers: this.#wheel,
        entropy: new RealEntropy(),
        log: this.log,
        metrics: this.metrics,
        dial: ({ linkHost: host, linkPort: port, name: peer }, sink) => {
          const { certFile, keyFile } = this.certificate
          const authorities = this.options.authorities
          const material = { certificate: readFileSync(certFile), key: readFileSync(keyFile), authorities }
          return dialer.dial({ host, port, name: peer }, material, sink)
        },
        check,
        ownIntermediates: () => intermediatesOf(readFileSync(this.certificate.certFile)),
        onWork: () => this.#schedule(),
      },
      this.heard,
    )
    this.pool.start()
  }

  /** Lines of the log with that event. */
  lines(event: string) {
    return this.log.lines.filter((line) => line.event === event).map(({ fields }) => fields)
  }

  async close(): Promise<void> {
    this.pool?.close()
    clearInterval(this.#turn)
    await this.listener.close()
  }

  #schedule(): void {
    if (this.#isScheduled) return
    this.#isScheduled = true
    setImmediate(() => {
      this.#isScheduled = false
      this.pool.flush()
    })
  }
}

export function topologyFor(servers: readonly RealLinkServer[], version = 1): Topology {
  return {
    version,
    domains: ['example.test'],
    servers: servers.map(({ options, listener }) => ({
      name: options.name,
      role: options.role ?? 'home',
      linkHost: listener.address,
      linkPort: listener.port,
      clientUri: null,
    })),
    deniedFingerprints: [],
  }
}

/** Turns of the event loop until it is so; the test's own deadline ends it where it never is. */
export async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 2))
}
