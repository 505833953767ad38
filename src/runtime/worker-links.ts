/**
 * The links of a worker, put together: the pool, the sockets, what certificates are held against. Read from files at
 * the start and whenever they have changed; every link is then checked again at once.
 */
import { readFileSync } from 'node:fs'
import type * as Certificates from '../certificates/index.ts'
import type { BusMessage } from '../ports/bus.ts'
import type { Clock } from '../ports/clock.ts'
import type { Entropy } from '../ports/entropy.ts'
import type { FlowSink } from '../ports/flows.ts'
import type { LinkFlow, LinkFlowSink } from '../ports/link-flow.ts'
import type { LinkPeer, LinkSink, Links } from '../ports/links.ts'
import type { Log } from '../ports/log.ts'
import type { Metrics } from '../ports/metrics.ts'
import type { Pressure } from '../ports/pressure.ts'
import type { Timers } from '../ports/timers.ts'
import type { Topology, TopologyServer } from '../ports/topology.ts'
import { LinkPool, type LinkStatus, LossControl, linkSizes } from '../topology/index.ts'
import { LinkDialer } from '../transport/index.ts'
import { LinkGate, noClients } from './link-gate.ts'
import type { LinkSettings, LinkTrustFiles, TlsMaterial } from './worker-protocol.ts'

export interface WorkerLinksPorts {
  readonly clock: Clock
  readonly timers: Timers
  readonly entropy: Entropy
  readonly log: Log
  readonly metrics: Metrics
  /** Something waits to be sent: `flush` at the end of this turn. */
  readonly onWork: () => void
  readonly pressure: Pressure
  /** How far behind this worker may be before the other servers are asked to send less; 0: never. */
  readonly busyAfterMs: () => number
}

export class WorkerLinks implements Links, LinkSink {
  readonly #ports: WorkerLinksPorts
  readonly #pool: LinkPool
  readonly #dialer = new LinkDialer(linkSizes)
  #files: LinkTrustFiles
  #tls: TlsMaterial
  /** What looks into certificates takes a fifth of a second to load, which workers without links should not spend. */
  #certificates: typeof Certificates | null = null
  #trust: Certificates.ReadLinkTrust | null = null
  /** Who has what comes; the core is made with these links, and so after them. */
  #sink: LinkSink | null = null

  constructor({ own, files }: LinkSettings, topology: Topology, tls: TlsMaterial, ports: WorkerLinksPorts) {
    this.#ports = ports
    this.#files = files
    this.#tls = tls
    const { pressure, busyAfterMs: targetMs, clock } = ports
    const control = new LossControl({ pressure, targetMs, nowMs: () => clock.monotonicMs() })
    this.#pool = new LinkPool(
      own,
      topology,
      {
        ...ports,
        feedback: () => control.feedback(),
        dial: (server, sink) => this.#dial(server, sink),
        check: (evidence, peer, servers) =>
          this.#loaded().checkPeer(evidence, peer, servers, this.#readTrust(), ports.clock.systemMs()),
        ownIntermediates: () => this.#loaded().intermediatesOf(readFileSync(this.#tls.certificate.certFile)),
      },
      this,
    )
  }

  /** Reads what certificates are held against. Rejects with the file and what is wrong with it. */
  async load(): Promise<void> {
    this.#certificates = await import('../certificates/index.ts')
    this.#trust = await this.#read(this.#files)
  }

  /** PEM, for listeners. Only after `load`. */
  get authorities(): Buffer {
    return this.#readTrust().caPem
  }

  /** What stands before the edge on TLS listeners. */
  gate(edge: FlowSink): FlowSink {
    return new LinkGate(edge, this.#pool)
  }

  /** What stands on addresses for links alone. */
  gateOfLinks(): FlowSink {
    return new LinkGate(noClients, this.#pool)
  }

  /** Connects to the others; from now on `sink` hears of them. After `load`, and when this server listens. */
  start(sink: LinkSink): void {
    this.#sink = sink
    this.#pool.start()
  }

  send(server: string, worker: number, message: BusMessage): boolean {
    return this.#pool.send(server, worker, message)
  }

  cut(server: string): void {
    this.#pool.cut(server)
  }

  sheds(server: string, message: BusMessage): number | null {
    return this.#pool.sheds(server, message)
  }

  get waitingCount(): number {
    return this.#pool.waitingCount
  }

  flush(): void {
    this.#pool.flush()
  }

  /** Servers, roles or denied certificates have changed. */
  setTopology(topology: Topology): void {
    this.#pool.setTopology(topology)
  }

  /** Connections that are made from now on show the new certificate; those that stand stay. */
  setCertificate(tls: TlsMaterial): void {
    this.#tls = tls
  }

  /**
   * Reads authorities and revocation lists again, and checks every link by them. Files that are wrong leave what is in
   * force; the log says which. Resolves with the authorities for listeners.
   */
  async reload(files: LinkTrustFiles): Promise<Buffer> {
    try {
      this.#trust = await this.#read(files)
      this.#files = files
      this.#pool.recheck()
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error)
      this.#ports.log.write('error', 'link.authorities-refused', { problem })
    }
    return this.authorities
  }

  status(): readonly LinkStatus[] {
    return this.#pool.status()
  }

  close(): void {
    this.#pool.close()
  }

  onPeerUp(peer: LinkPeer): void {
    this.#sink?.onPeerUp(peer)
  }

  onPeerDown(peer: LinkPeer): void {
    this.#sink?.onPeerDown(peer)
  }

  onPeerLoss(peer: LinkPeer): void {
    this.#sink?.onPeerLoss(peer)
  }

  onPeerMessage(peer: LinkPeer, worker: number, message: BusMessage): void {
    this.#sink?.onPeerMessage(peer, worker, message)
  }

  async #read({ authorityFile, revocationFiles }: LinkTrustFiles): Promise<Certificates.ReadLinkTrust> {
    const trust = await this.#loaded().readLinkTrust(
      { caFile: authorityFile, crlFiles: revocationFiles },
      this.#ports.clock.systemMs(),
    )
    for (const file of trust.outdated) this.#ports.log.write('warn', 'link.revocations-outdated', { file })
    return trust
  }

  #loaded(): typeof Certificates {
    if (this.#certificates === null) throw new Error('links are used before they are loaded')
    return this.#certificates
  }

  #readTrust(): Certificates.ReadLinkTrust {
    if (this.#trust === null) throw new Error('links are checked against files that have not been read')
    return this.#trust
  }

  async #dial({ linkHost: host, linkPort: port, name }: TopologyServer, sink: LinkFlowSink): Promise<LinkFlow> {
    const { certificate, passphrase } = this.#tls
    const material = {
      certificate: readFileSync(certificate.certFile),
      key: readFileSync(certificate.keyFile),
      authorities: this.authorities,
      ...(passphrase === null ? {} : { passphrase }),
    }
    return this.#dialer.dial({ host, port, name }, material, sink)
  }
}
