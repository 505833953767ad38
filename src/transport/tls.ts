/**
 * SIP over TLS 1.2 and 1.3 (RFC 3261 §26.2, RFC 5922, RFC 5923 for who may reuse): handshakes within a deadline,
 * tickets with shared keys, certificates by domain, reload. Which client certificates mean what is decided by the edge
 * and topology.
 */
import { createServer as createTcpServer, type Socket } from 'node:net'
import {
  createServer as createTlsServer,
  type DetailedPeerCertificate,
  type TLSSocket,
  type TlsOptions,
  type Server as TlsServer,
} from 'node:tls'
import type { FlowSink } from '../ports/flows.ts'
import { linkProtocol, peekClientHello } from './client-hello.ts'
import { TransportEvent } from './events.ts'
import { FlowRegistry, type Swept } from './flow-registry.ts'
import { streamLimits } from './limits.ts'
import { LinkTerminator } from './link-terminator.ts'
import { closeOnce, type Listener, type ListenOptions } from './listener.ts'
import { bindServer, refuseSocket, streamServerOptions } from './node-server.ts'
import { type FlowSecurity, type PeerCertificate, StreamFlow } from './stream-flow.ts'
import {
  contextFor,
  contextOptions,
  type DomainContexts,
  domainContexts,
  type TlsCertificates,
  ticketLifetimeSeconds,
} from './tls-context.ts'

export interface TlsListenOptions extends ListenOptions, TlsCertificates {
  /** 48 bytes, the same in all workers and after a restart. Without them no ticket outlives this listener. */
  readonly ticketKeys?: Buffer
  /**
   * Asks for a certificate, and takes clients without one or with any; `peerCertificate` on the flow tells what came.
   */
  readonly requestClientCertificate?: boolean
  /** Other servers connect here too. */
  readonly links?: LinkListenOptions
}

export interface LinkListenOptions {
  /** PEM; what the chains of their certificates are held against in the handshake. */
  readonly authorities: Buffer
  /** No clients: whoever offers no link is refused in the handshake. */
  readonly isOnlyLinks?: boolean
}

export interface TlsListener extends Listener {
  /**
   * Shows other certificates from the next handshake on; flows stay. Throws, changing nothing, if they cannot be read.
   */
  reload(certificates: TlsCertificates): void
  /** What servers' certificates are held against from the next handshake on. Nothing where no links are taken. */
  setLinkAuthorities(authorities: Buffer): void
  /** Tickets that were made with the keys before end in a full handshake. */
  setTicketKeys(keys: Buffer): void
}

export async function openTls(options: TlsListenOptions, sink: FlowSink): Promise<TlsListener> {
  const limits = { ...streamLimits, ...options.limits }
  const registry = new FlowRegistry({ ...options, transport: 'tls', sink, limits })
  const handshakes = new Handshakes(registry, options.requestClientCertificate ?? false)
  const terminator = new Terminator(options, (socket) => handshakes.completed(socket))
  const { links } = options
  const linkTerminator = links ? new LinkTerminator(options, links, (socket) => handshakes.completed(socket)) : null
  // A TCP server in front, so that admission costs no TLS state: refused connections are gone before it is made.
  const server = createTcpServer(streamServerOptions, (socket) => {
    if (!handshakes.begin(socket)) return
    if (linkTerminator === null) terminator.take(socket)
    else if (links?.isOnlyLinks) linkTerminator.take(socket)
    else peekClientHello(socket, (offersLink) => (offersLink ? linkTerminator : terminator).take(socket))
  })
  const bound = await bindServer(server, options)
  const close = closeOnce(async () => {
    const closed = bound.close()
    handshakes.endAll()
    await registry.closeAll(TransportEvent.listenerClosed)
    await closed
  })
  return {
    transport: 'tls',
    address: bound.address,
    port: bound.port,
    counts: registry.counts,
    close,
    reload: (certificates) => {
      terminator.reload(certificates)
      linkTerminator?.reload(certificates)
    },
    setLinkAuthorities: (authorities) => linkTerminator?.setAuthorities(authorities),
    setTicketKeys: (keys) => terminator.setTicketKeys(keys),
  }
}

/** The TLS side: contexts, tickets, certificates. It never listens; sockets are given to it. */
class Terminator {
  readonly #server: TlsServer
  #domains: DomainContexts
  #ticketKeys: Buffer | undefined

  constructor(options: TlsListenOptions, onSecure: (socket: TLSSocket) => void) {
    this.#domains = domainContexts(options)
    this.#ticketKeys = options.ticketKeys
    this.#server = createTlsServer({
      ...this.#serverOptions(options),
      requestCert: options.requestClientCertificate ?? false,
      rejectUnauthorized: false,
      SNICallback: (serverName, done) => done(null, contextFor(this.#domains, serverName)),
    })
    this.#server.on('secureConnection', onSecure)
    // The handshake's own socket tells that it failed; this only keeps Node from destroying it with an uncaught error.
    this.#server.on('tlsClientError', (_error, socket) => socket.destroy())
  }

  take(socket: Socket): void {
    this.#server.emit('connection', socket)
  }

  reload(certificates: TlsCertificates): void {
    const domains = domainContexts(certificates)
    this.#server.setSecureContext(this.#serverOptions(certificates))
    this.#domains = domains
  }

  setTicketKeys(keys: Buffer): void {
    this.#ticketKeys = keys
    this.#server.setTicketKeys(keys)
  }

  #serverOptions(certificates: TlsCertificates): TlsOptions {
    return {
      ...contextOptions(certificates.certificate, certificates),
      // An authority that is configured is believed without its root.
      allowPartialTrustChain: true,
      sessionTimeout: ticketLifetimeSeconds,
      ...(this.#ticketKeys ? { ticketKeys: this.#ticketKeys } : {}),
    }
  }
}

/** Connections between accept and the end of their handshake. They count as flows towards the limits. */
class Handshakes {
  readonly #registry: FlowRegistry
  readonly #asksClients: boolean
  readonly #open = new Map<string, Handshake>()

  constructor(registry: FlowRegistry, asksClients: boolean) {
    this.#registry = registry
    this.#asksClients = asksClients
  }

  /** Whether this connection may try. */
  begin(socket: Socket): boolean {
    const { remoteAddress, remotePort } = socket
    if (remoteAddress === undefined || this.#registry.refusal(remoteAddress)) {
      refuseSocket(socket)
      return false
    }
    const key = `${remoteAddress} ${remotePort}`
    const handshake = new Handshake(socket, remoteAddress, this.#registry)
    this.#open.set(key, handshake)
    socket.on('error', () => {})
    socket.once('close', () => {
      if (!this.#end(key, handshake)) return
      if (handshake.event) this.#registry.refused(handshake.event, remoteAddress)
    })
    return true
  }

  completed(socket: TLSSocket): void {
    const key = `${socket.remoteAddress} ${socket.remotePort}`
    const handshake = this.#open.get(key)
    // Closed within the turn that completed it.
    if (!handshake || !this.#end(key, handshake)) return
    const security = securityOf(socket, this.#asksClients)
    new StreamFlow({ transport: 'tls', socket, registry: this.#registry, security }).open()
  }

  endAll(): void {
    for (const handshake of this.#open.values()) handshake.abandon(null)
  }

  #end(key: string, handshake: Handshake): boolean {
    if (this.#open.get(key) !== handshake) return false
    this.#open.delete(key)
    this.#registry.removePending(handshake, handshake.remoteAddress)
    return true
  }
}

class Handshake implements Swept {
  readonly remoteAddress: string
  /** Why it ended without a flow; null: nothing to blame on the peer. */
  event: TransportEvent | null = TransportEvent.handshakeFailed
  readonly #socket: Socket
  readonly #registry: FlowRegistry
  readonly #begunAtMs: number

  constructor(socket: Socket, remoteAddress: string, registry: FlowRegistry) {
    this.#socket = socket
    this.#registry = registry
    this.remoteAddress = remoteAddress
    this.#begunAtMs = registry.nowMs
    registry.addPending(this, remoteAddress)
  }

  sweep(nowMs: number): void {
    if (nowMs - this.#begunAtMs > this.#registry.limits.handshakeDeadlineMs) {
      this.abandon(TransportEvent.handshakeDeadline)
    }
  }

  abandon(event: TransportEvent | null): void {
    this.event = event
    this.#socket.destroy()
  }
}

/** `asksClients`: certificates of clients mean something here, and so does what they have sent along. */
export function securityOf(socket: TLSSocket, asksClients = false): FlowSecurity {
  // `false` where the client named none; Node's types do not know the property.
  const { servername } = socket as TLSSocket & { servername?: string | false | null }
  const applicationProtocol = socket.alpnProtocol || null
  // Before `peerCertificateOf`: Node 24 has a chain for the client side only until the certificate alone was asked for.
  const peerChain = asksClients || applicationProtocol === linkProtocol ? chainOf(socket) : []
  return {
    protocol: socket.getProtocol() ?? '',
    serverName: servername || null,
    isResumed: socket.isSessionReused(),
    applicationProtocol,
    peerCertificate: peerCertificateOf(socket),
    peerChain,
  }
}

/** The longest that is worth reading: a peer may send a hundred. */
const chainMax = 10

function chainOf(socket: TLSSocket): Buffer[] {
  const chain: Buffer[] = []
  let certificate: DetailedPeerCertificate | undefined = socket.getPeerCertificate(true)
  // A root is its own issuer; without a certificate there is an empty object.
  while (certificate?.raw && chain.length < chainMax && !chain.at(-1)?.equals(certificate.raw)) {
    chain.push(certificate.raw)
    certificate = certificate.issuerCertificate
  }
  return chain
}

function peerCertificateOf(socket: TLSSocket): PeerCertificate | null {
  const certificate = socket.getPeerX509Certificate()
  if (!certificate) return null
  return {
    der: certificate.raw,
    fingerprint: certificate.fingerprint256.replaceAll(':', '').toLowerCase(),
    isTrusted: socket.authorized,
    distrust: socket.authorized ? null : String(socket.authorizationError ?? 'unverified'),
  }
}
