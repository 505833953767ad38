/**
 * Opens a worker's listeners on the configured addresses and takes datagrams of foreign peers to their owners.
 */
import type { FlowSink } from '../ports/flows.ts'
import type { Log } from '../ports/log.ts'
import type { Metrics } from '../ports/metrics.ts'
import { bucketOf } from '../ports/sharding.ts'
import {
  type HttpHandler,
  type Listener,
  MemoryBudget,
  openTcp,
  openTls,
  openUdp,
  openWebListener,
  type TlsListener,
  type UdpTransport,
  type WebListener,
} from '../transport/index.ts'
import type { ListenEndpoint, ListeningPlace, TlsMaterial } from './worker-protocol.ts'

export interface ListenersOptions {
  readonly worker: number
  readonly workersCount: number
  readonly tls: TlsMaterial | null
  readonly web: { readonly engine: 'auto' | 'uwebsockets' | 'node'; readonly allowedOrigins: readonly string[] }
  readonly sink: FlowSink
  /** PEM of those who issue for servers, asked when TLS endpoints open; null where no other servers connect there. */
  readonly linkAuthorities: () => Buffer | null
  /** What comes in on addresses for links alone. */
  readonly linkSink: FlowSink
  readonly http: HttpHandler
  readonly log: Log
  readonly metrics: Metrics
  /** A datagram for the worker that owns its peer. */
  readonly handOver: (
    worker: number,
    listener: number,
    remoteAddress: string,
    remotePort: number,
    bytes: Buffer,
  ) => void
}

export class Listeners {
  readonly #options: ListenersOptions
  readonly #budget = new MemoryBudget()
  readonly #open: Listener[] = []
  readonly #tls: TlsListener[] = []
  readonly #web: WebListener[] = []
  readonly #udp = new Map<number, UdpTransport>()

  constructor(options: ListenersOptions) {
    this.#options = options
  }

  /** Bytes that flows of this worker hold, and may hold. */
  get memory(): readonly [used: number, most: number] {
    return [this.#budget.usedBytes, this.#budget.bytesMax]
  }

  /** In the order of the endpoints; rejects at the first that cannot listen. */
  async open(endpoints: readonly ListenEndpoint[]): Promise<ListeningPlace[]> {
    const places: ListeningPlace[] = []
    for (const [index, endpoint] of endpoints.entries()) places.push(await this.#openOne(endpoint, index))
    return places
  }

  inject(listener: number, remoteAddress: string, remotePort: number, bytes: Buffer): void {
    this.#udp.get(listener)?.inject(remoteAddress, remotePort, bytes)
  }

  reloadTls(material: TlsMaterial): void {
    for (const listener of this.#tls) listener.reload(tlsCertificatesOf(material))
    for (const listener of this.#web) listener.reload?.(certificatesOf(material))
  }

  setLinkAuthorities(authorities: Buffer): void {
    for (const listener of this.#tls) listener.setLinkAuthorities(authorities)
  }

  /** None: pages of all web sites may connect. */
  allowOrigins(origins: readonly string[]): void {
    for (const listener of this.#web) listener.allowOrigins(origins.length === 0 ? undefined : origins)
  }

  /** uWebSockets.js must be closed before its thread ends, or the process aborts. */
  async close(): Promise<void> {
    await Promise.all(this.#open.map((listener) => listener.close()))
  }

  async #openOne(endpoint: ListenEndpoint, index: number): Promise<ListeningPlace> {
    const { host, port, transport } = endpoint
    const { sink, log, metrics } = this.#options
    const shared = { host, port, reusePort: true, log, metrics, budget: this.#budget }
    switch (transport) {
      case 'udp': {
        const listener = await openUdp({ ...shared, ...this.#ownership(index) }, sink)
        this.#udp.set(index, listener)
        return this.#opened(listener, transport, null)
      }
      case 'tcp':
        return this.#opened(await openTcp(shared, sink), transport, null)
      case 'tls': {
        const material = this.#requireTls()
        const ticketKeys = Buffer.from(material.ticketKeys)
        const options = { ...shared, ...tlsCertificatesOf(material), ticketKeys, ...this.#linksOn(endpoint) }
        const listener = await openTls(options, endpoint.links === 'alone' ? this.#options.linkSink : sink)
        this.#tls.push(listener)
        return this.#opened(listener, transport, null)
      }
      default:
        return this.#openWeb(endpoint, shared)
    }
  }

  async #openWeb(endpoint: ListenEndpoint, shared: object): Promise<ListeningPlace> {
    const { web, http, sink } = this.#options
    const adapter = web.engine === 'auto' ? undefined : web.engine === 'node' ? 'ws' : 'uws'
    const tls = endpoint.transport === 'web' ? certificatesOf(this.#requireTls()) : undefined
    const options = {
      ...shared,
      http,
      ...(adapter === undefined ? {} : { adapter }),
      ...(tls === undefined ? {} : { tls }),
      ...(web.allowedOrigins.length === 0 ? {} : { origins: web.allowedOrigins }),
    } as Parameters<typeof openWebListener>[0]
    const listener = await openWebListener(options, sink)
    this.#web.push(listener)
    return this.#opened(listener, endpoint.transport, listener.adapter)
  }

  #opened(listener: Listener, transport: string, engine: string | null): ListeningPlace {
    this.#open.push(listener)
    return { transport, host: listener.address, port: listener.port, engine }
  }

  /** A UDP peer belongs to one worker, whichever socket the kernel gives its datagrams to. */
  #ownership(listener: number) {
    const { worker, workersCount, handOver } = this.#options
    if (workersCount === 1) return {}
    const owner = (address: string, port: number) => bucketOf(`${address} ${port}`) % workersCount
    return {
      foreign: (address: string, port: number) => owner(address, port) !== worker,
      handOver: (address: string, port: number, bytes: Buffer) =>
        handOver(owner(address, port), listener, address, port, bytes),
    }
  }

  #linksOn({ links }: ListenEndpoint) {
    const authorities = links === undefined ? null : this.#options.linkAuthorities()
    return authorities === null ? {} : { links: { authorities, isOnlyLinks: links === 'alone' } }
  }

  #requireTls(): TlsMaterial {
    if (!this.#options.tls) throw new Error('tls and web listeners need a certificate')
    return this.#options.tls
  }
}

function certificatesOf({ certificate, clientAuthorityFile, passphrase }: TlsMaterial) {
  return {
    certificate,
    ...(clientAuthorityFile === null ? {} : { clientAuthorityFile }),
    ...(passphrase === null ? {} : { passphrase }),
  }
}

/** On tls endpoints clients may sign in by a certificate. */
function tlsCertificatesOf(material: TlsMaterial) {
  const { userAuthorityFile } = material
  if (userAuthorityFile === null) return certificatesOf(material)
  return { ...certificatesOf(material), clientAuthorityFile: userAuthorityFile, requestClientCertificate: true }
}
