/**
 * SIP over UDP (RFC 3261 §18, RFC 5626 §4.4.2): a flow per remote address and port, all on the listening socket. A peer
 * that another worker owns is handed over raw; which one that is, and how the datagram gets there, is the runtime's.
 */
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram'
import { isIPv6 } from 'node:net'
import type { FlowSink } from '../ports/flows.ts'
import { TransportEvent } from './events.ts'
import { FlowRegistry, type RegisteredFlow } from './flow-registry.ts'
import { flushList } from './flush-list.ts'
import { udpLimits, udpQueueBytesMax } from './limits.ts'
import type { FlowCounts, Listener, ListenOptions } from './listener.ts'
import { answerStun, isStun } from './stun.ts'
import { type Peer, peerKey, UdpPeers } from './udp-peers.ts'

/** Asked of the kernel, which gives what `net.core.rmem_max` allows: a burst of 2,000 datagrams while we compute. */
const receiveBufferBytes = 4 * 1024 * 1024

export interface UdpOptions extends ListenOptions {
  /** Whether another worker owns this peer (`hash(address, port) mod workers`). */
  readonly foreign?: (remoteAddress: string, remotePort: number) => boolean
  /** Takes a foreign peer's datagram to its owner, who gives it to `inject`. */
  readonly handOver?: (remoteAddress: string, remotePort: number, bytes: Buffer) => void
}

export async function openUdp(options: UdpOptions, sink: FlowSink): Promise<UdpTransport> {
  const socket = createSocket({
    type: isIPv6(options.host) ? 'udp6' : 'udp4',
    ipv6Only: isIPv6(options.host),
    reusePort: options.reusePort ?? false,
    recvBufferSize: receiveBufferBytes,
    // Peers are addresses already; Node would ask its resolver for each datagram, a turn later.
    lookup: (address, lookupOptions, done) => done(null, address, Number(lookupOptions) || 4),
  })
  await bindSocket(socket, options)
  return new UdpTransport(socket, options, sink)
}

function bindSocket(socket: Socket, options: UdpOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('error', reject)
    socket.bind({ port: options.port, address: options.host, exclusive: true }, () => {
      socket.off('error', reject)
      resolve()
    })
  })
}

export class UdpTransport implements Listener {
  readonly transport = 'udp'
  readonly address: string
  readonly port: number
  readonly counts: Readonly<FlowCounts>
  readonly #socket: Socket
  readonly #options: UdpOptions
  readonly #registry: FlowRegistry
  readonly #peers: UdpPeers<UdpFlow>
  #closing: Promise<void> | null = null

  constructor(socket: Socket, options: UdpOptions, sink: FlowSink) {
    const bound = socket.address()
    const limits = { ...udpLimits, ...options.limits }
    this.address = bound.address
    this.port = bound.port
    this.#socket = socket
    this.#options = options
    // Too many peers push each other out (`udp-peers.ts`), so their number is no reason to refuse one.
    const registryLimits = { ...limits, flowsMax: Number.POSITIVE_INFINITY }
    this.#registry = new FlowRegistry({ ...options, transport: 'udp', sink, limits: registryLimits })
    this.#peers = new UdpPeers(limits.flowsMax)
    this.counts = this.#registry.counts
    socket.on('message', (bytes, remote) => this.#onDatagram(bytes, remote))
    // An error of one datagram (host unreachable, too long); the socket goes on, and timers above notice the silence.
    socket.on('error', (error) => options.log?.write('debug', 'transport.udp-error', { error: error.message }))
  }

  /** A datagram that another worker's socket received for a peer of ours. */
  inject(remoteAddress: string, remotePort: number, bytes: Buffer): void {
    if (this.#closing) return
    this.#registry.counts.receivedBytes += bytes.length
    const flow = this.#peers.find(peerKey(remoteAddress, remotePort))
    if (flow) this.#heard(flow, bytes.length)
    if (isKeepAlive(bytes)) this.#registry.counts.keepAlives++
    else if (isStun(bytes)) this.#answerStun(remoteAddress, remotePort, bytes)
    else this.#deliver(flow ?? this.#admit(remoteAddress, remotePort, bytes.length), bytes)
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    await this.#registry.closeAll(TransportEvent.listenerClosed)
    await new Promise<void>((resolve) => this.#socket.close(resolve))
  }

  #onDatagram(bytes: Buffer, { address, port }: RemoteInfo): void {
    // Port 0 cannot be answered; it is forged.
    if (port === 0) return
    if (this.#options.foreign?.(address, port)) this.#options.handOver?.(address, port, bytes)
    else this.inject(address, port, bytes)
  }

  #heard(flow: UdpFlow, bytesCount: number): void {
    flow.receivedBytes += bytesCount
    this.#peers.heard(flow, this.#registry.nowMs)
    if (flow.isStranger && flow.sentBytes > 0) this.#forget(this.#peers.befriend(flow))
  }

  #answerStun(remoteAddress: string, remotePort: number, bytes: Buffer): void {
    const answer = answerStun(bytes, { address: remoteAddress, port: remotePort })
    if (!answer) return
    this.#registry.counts.keepAlives++
    this.#send(answer, remoteAddress, remotePort)
  }

  #deliver(flow: UdpFlow | null, bytes: Buffer): void {
    if (!flow) return
    this.#registry.counts.receivedMessages++
    this.#registry.sink.onFlowMessage(flow, bytes)
  }

  #admit(remoteAddress: string, remotePort: number, receivedBytes: number): UdpFlow | null {
    if (this.#closing || this.#registry.refusal(remoteAddress)) return null
    const flow = new UdpFlow({
      remoteAddress,
      remotePort,
      localAddress: this.address,
      localPort: this.port,
      heardAtMs: this.#registry.nowMs,
      send: this.#sendOf,
      end: this.#endOf,
      expired: this.#expired,
    })
    flow.receivedBytes = receivedBytes
    this.#forget(this.#peers.add(flow))
    this.#registry.opened(flow)
    return flow
  }

  #forget(flow: UdpFlow | null): void {
    flow?.cut(TransportEvent.peerEvicted)
  }

  readonly #sendOf = (flow: UdpFlow, bytes: Uint8Array): void => {
    flow.sentBytes += bytes.length
    this.#send(bytes, flow.remoteAddress, flow.remotePort)
  }

  readonly #endOf = (flow: UdpFlow, reason: string, isCut: boolean): void => {
    if (isCut) this.#registry.cut(reason, flow)
    this.#peers.remove(flow)
    flushList.add({ flush: () => this.#registry.closed(flow, reason) })
  }

  readonly #expired = (flow: UdpFlow, nowMs: number): boolean => {
    const { idleDeadlineMs } = this.#registry.limits
    return idleDeadlineMs > 0 && nowMs - flow.heardAtMs > idleDeadlineMs
  }

  #send(bytes: Uint8Array, remoteAddress: string, remotePort: number): void {
    if (this.#socket.getSendQueueSize() > udpQueueBytesMax) {
      this.#registry.happened(TransportEvent.udpQueueFull, remoteAddress)
      return
    }
    this.#registry.counts.sentBytes += bytes.length
    this.#registry.counts.writes++
    this.#socket.send(bytes, remotePort, remoteAddress)
  }
}

interface UdpFlowOptions {
  readonly remoteAddress: string
  readonly remotePort: number
  readonly localAddress: string
  readonly localPort: number
  readonly heardAtMs: number
  /** Bound once a listener, so that a flow costs no closures. */
  readonly send: (flow: UdpFlow, bytes: Uint8Array) => void
  readonly end: (flow: UdpFlow, reason: string, isCut: boolean) => void
  readonly expired: (flow: UdpFlow, nowMs: number) => boolean
}

export class UdpFlow implements RegisteredFlow, Peer {
  readonly transport = 'udp'
  readonly key: string
  readonly remoteAddress: string
  readonly remotePort: number
  readonly localAddress: string
  readonly localPort: number
  /** The kernel's queue is the socket's, not the flow's. */
  readonly bufferedBytes = 0
  chargedBytes = 0
  isStranger = true
  heardAtMs: number
  /** For the bound on amplification: at most three times what an unproven address sent to us. */
  receivedBytes = 0
  sentBytes = 0
  readonly #options: UdpFlowOptions
  #isOpen = true

  constructor(options: UdpFlowOptions) {
    this.key = peerKey(options.remoteAddress, options.remotePort)
    this.remoteAddress = options.remoteAddress
    this.remotePort = options.remotePort
    this.localAddress = options.localAddress
    this.localPort = options.localPort
    this.heardAtMs = options.heardAtMs
    this.#options = options
  }

  send(bytes: Uint8Array): void {
    if (this.#isOpen) this.#options.send(this, bytes)
  }

  close(reason: string): void {
    this.#end(reason, false)
  }

  cut(event: string): void {
    this.#end(event, true)
  }

  sweep(nowMs: number): void {
    if (this.#isOpen && this.#options.expired(this, nowMs)) this.close(TransportEvent.idle)
  }

  #end(reason: string, isCut: boolean): void {
    if (!this.#isOpen) return
    this.#isOpen = false
    this.#options.end(this, reason, isCut)
  }
}

/** Blank datagrams keep NAT bindings alive and are answered by nobody: CRLF pings are for streams (RFC 5626 §4.4.1). */
function isKeepAlive(bytes: Buffer): boolean {
  if (bytes.length > 4) return false
  for (const byte of bytes) if (byte !== 0x0d && byte !== 0x0a && byte !== 0) return false
  return true
}
