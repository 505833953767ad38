/**
 * A UDP flow of a client: a socket of its own, connected, so that only its server is heard and ICMP errors arrive.
 * The server's side is `udp.ts`.
 */
import { createSocket, type Socket } from 'node:dgram'
import { isIPv6 } from 'node:net'
import { TransportEvent } from './events.ts'
import type { FlowRegistry, RegisteredFlow } from './flow-registry.ts'
import { isStun } from './stun.ts'

export interface UdpConnectOptions {
  readonly host: string
  readonly port: number
  readonly localAddress?: string
  readonly onPong?: () => void
}

export function connectUdp(options: UdpConnectOptions, registry: FlowRegistry): Promise<ClientUdpFlow> {
  const { host, port, localAddress } = options
  const socket = createSocket(isIPv6(host) ? 'udp6' : 'udp4')
  return new Promise((resolve, reject) => {
    socket.once('error', (error) => {
      socket.close()
      reject(error)
    })
    socket.bind({ port: 0, ...(localAddress ? { address: localAddress } : {}) }, () => {
      socket.connect(port, host, () => {
        socket.removeAllListeners('error')
        resolve(new ClientUdpFlow(socket, registry, options.onPong).open())
      })
    })
  })
}

class ClientUdpFlow implements RegisteredFlow {
  readonly transport = 'udp'
  readonly remoteAddress: string
  readonly remotePort: number
  readonly localAddress: string
  readonly localPort: number
  readonly bufferedBytes = 0
  chargedBytes = 0
  readonly #socket: Socket
  readonly #registry: FlowRegistry
  readonly #onPong: (() => void) | undefined
  #reason: string | null = null

  constructor(socket: Socket, registry: FlowRegistry, onPong: (() => void) | undefined) {
    const local = socket.address()
    const remote = socket.remoteAddress()
    this.remoteAddress = remote.address
    this.remotePort = remote.port
    this.localAddress = local.address
    this.localPort = local.port
    this.#socket = socket
    this.#registry = registry
    this.#onPong = onPong
  }

  open(): this {
    this.#socket.on('error', () => this.close(TransportEvent.socketError))
    this.#socket.on('close', () => this.#registry.closed(this, this.#reason ?? TransportEvent.socketError))
    this.#registry.opened(this)
    this.#socket.on('message', (bytes) => this.#onDatagram(bytes))
    return this
  }

  send(bytes: Uint8Array): void {
    if (this.#reason !== null) return
    this.#registry.counts.writes++
    this.#registry.counts.sentBytes += bytes.length
    this.#socket.send(bytes)
  }

  close(reason: string): void {
    if (this.#reason !== null) return
    this.#reason = reason
    this.#socket.close()
  }

  cut(event: string): void {
    this.close(event)
  }

  sweep(): void {}

  #onDatagram(bytes: Buffer): void {
    if (this.#reason !== null) return
    this.#registry.counts.receivedBytes += bytes.length
    if (isStun(bytes)) {
      this.#onPong?.()
      return
    }
    this.#registry.counts.receivedMessages++
    this.#registry.sink.onFlowMessage(this, bytes)
  }
}
