/**
 * Links as `src/topology/links/` wants them (`src/ports/link-flow.ts`), on TLS sockets: those that have come in by a
 * listener, and those that we make ourselves.
 */
import { connect, type SecureContextOptions, type TLSSocket } from 'node:tls'
import type { FlowSink, TransportFlow } from '../ports/flows.ts'
import type { LinkEvidence, LinkFlow, LinkFlowSink } from '../ports/link-flow.ts'
import type { MessageLimits } from '../sip/message/limits.ts'
import { linkProtocol } from './client-hello.ts'
import { FlowRegistry } from './flow-registry.ts'
import { clientLimits, tcpProbeMs } from './limits.ts'
import { linkAuthorityOptions, withoutTickets } from './link-terminator.ts'
import type { MemoryBudget } from './memory-budget.ts'
import { StreamFlow } from './stream-flow.ts'
import { securityOf } from './tls.ts'
import { tlsVersions } from './tls-context.ts'
import { whenConnected } from './when-connected.ts'

/** Of a link: what its messages and its buffers may come to. */
export interface LinkSizes {
  readonly messages: MessageLimits
  readonly bufferedBytesMax: number
}

export class SocketLink implements LinkFlow {
  readonly evidence: LinkEvidence
  readonly #flow: StreamFlow
  readonly #sizes: LinkSizes

  constructor(flow: StreamFlow, sizes: LinkSizes) {
    this.#flow = flow
    this.#sizes = sizes
    const { security } = flow
    this.evidence = {
      chain: security?.peerChain ?? [],
      isResumed: security?.isResumed ?? false,
      distrust: security?.peerCertificate?.distrust ?? null,
    }
  }

  get remoteAddress(): string {
    return this.#flow.remoteAddress
  }

  get remotePort(): number {
    return this.#flow.remotePort
  }

  get bufferedBytes(): number {
    return this.#flow.bufferedBytes
  }

  /** From now on the link's own sink hears what comes, and no longer the listener's. */
  divert(sink: LinkFlowSink): void {
    this.#flow.divert(sink, this.#sizes)
  }

  send(bytes: Uint8Array): void {
    this.#flow.send(bytes)
  }

  ping(): void {
    this.#flow.send(pingBytes)
  }

  close(reason: string): void {
    this.#flow.close(reason)
  }

  cut(reason: string): void {
    this.#flow.cut(reason)
  }
}

const pingBytes = Buffer.from('\r\n\r\n')

/** A flow whose peer has offered in its handshake to be a link; null for all others. It is still to prove it. */
export function linkOfferOf(flow: TransportFlow, sizes: LinkSizes): SocketLink | null {
  return offersLink(flow) ? new SocketLink(flow as StreamFlow, sizes) : null
}

export function offersLink(flow: TransportFlow): boolean {
  return flow instanceof StreamFlow && flow.security?.applicationProtocol === linkProtocol
}

/** What this server shows, and holds against what is shown to it. PEM. */
export interface LinkMaterial {
  readonly certificate: string | Buffer
  readonly key: string | Buffer
  readonly passphrase?: string
  readonly authorities: Buffer
}

export interface DialOptions {
  readonly host: string
  readonly port: number
  /** Of the server that should be there. */
  readonly name: string
}

/** Makes connections to other servers. */
export class LinkDialer {
  readonly #registry: FlowRegistry
  readonly #sizes: LinkSizes

  constructor(sizes: LinkSizes, budget?: MemoryBudget) {
    this.#sizes = sizes
    this.#registry = new FlowRegistry({ transport: 'tls', sink: nobody, limits: clientLimits, budget })
  }

  /**
   * Rejects with the reason where there is no connection, or none to a server that takes links. `sink` has then heard
   * nothing. Whether it is the right server is not decided here.
   */
  dial(options: DialOptions, material: LinkMaterial, sink: LinkFlowSink): Promise<LinkFlow> {
    const { host, port } = options
    const place = `${host} port ${port}`
    const socket = openSocket(options, material)
    return whenConnected(socket, {
      place,
      event: 'secureConnect',
      refuse: () => (socket.alpnProtocol === linkProtocol ? null : `${place} takes no links`),
      open: () => this.#opened(socket, sink),
    })
  }

  #opened(socket: TLSSocket, sink: LinkFlowSink): LinkFlow {
    const security = securityOf(socket)
    // The link hears of every keep-alive; there is nothing more to do about a pong.
    const flow = new StreamFlow({ transport: 'tls', socket, registry: this.#registry, security, onPong: () => {} })
    const link = new SocketLink(flow, this.#sizes)
    link.divert(sink)
    flow.open()
    return link
  }
}

function openSocket({ host, port, name }: DialOptions, material: LinkMaterial): TLSSocket {
  const { certificate, key, passphrase, authorities } = material
  const context: SecureContextOptions = {
    ...tlsVersions,
    ...withoutTickets,
    ...linkAuthorityOptions(authorities),
    cert: certificate,
    key,
    ...(passphrase === undefined ? {} : { passphrase }),
  }
  const socket = connect({
    ...context,
    host,
    port,
    servername: name,
    ALPNProtocols: [linkProtocol],
    // What is shown is checked by who takes the link, who can say in the log what was wrong with it.
    rejectUnauthorized: false,
    checkServerIdentity: () => undefined,
    // Documented for `tls.connect`, and missing in its types.
    ...{ allowHalfOpen: true },
  })
  return socket.setNoDelay(true).setKeepAlive(true, tcpProbeMs)
}

/** Every flow of this registry is diverted before it opens, so its sink hears of openings only. */
const nobody: FlowSink = {
  onFlowOpened: () => {},
  onFlowMessage: () => {},
  onFlowFault: () => {},
  onFlowClosed: () => {},
}
