/**
 * The frames of one WebSocket carried by the `ws` package, on either side. The flow above is `web-socket-flow.ts`.
 */
import type { Socket } from 'node:net'
import type { RawData, WebSocket } from 'ws'
import { TransportEvent } from '../events.ts'
import { isTextFrame, type WebSocketChannel, WebSocketFlow, type WebSocketFlowOptions } from './web-socket-flow.ts'

/** Makes the flow, registers it, and only then lets it hear. */
export function openWsFlow(webSocket: WebSocket, socket: Socket, options: WebSocketFlowOptions): WebSocketFlow {
  const flow = new WebSocketFlow(new WsChannel(webSocket, socket), options)
  let reason: string = TransportEvent.peerClosed
  webSocket.on('error', (error: NodeJS.ErrnoException) => {
    reason = reasonOf(error)
  })
  webSocket.on('close', (code) => {
    // 1006: the connection went without a close frame.
    const isAbrupt = code === 1006 && reason === TransportEvent.peerClosed
    flow.onChannelClosed(isAbrupt ? TransportEvent.peerReset : reason)
  })
  options.registry.opened(flow)
  webSocket.on('message', (data: RawData) => flow.onFrame(data as Buffer))
  webSocket.on('ping', () => flow.onAlive())
  webSocket.on('pong', () => flow.onAlive())
  return flow
}

function reasonOf(error: NodeJS.ErrnoException): string {
  if (error.code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH') return TransportEvent.frameTooLong
  return error.code === 'ECONNRESET' || error.code === 'EPIPE' ? TransportEvent.peerReset : TransportEvent.socketError
}

class WsChannel implements WebSocketChannel {
  readonly #webSocket: WebSocket
  readonly #socket: Socket

  constructor(webSocket: WebSocket, socket: Socket) {
    this.#webSocket = webSocket
    this.#socket = socket
  }

  get bufferedBytes(): number {
    return this.#webSocket.bufferedAmount
  }

  get receivedBytes(): number {
    return this.#socket.bytesRead
  }

  send(frames: readonly Uint8Array[]): void {
    if (this.#webSocket.readyState !== this.#webSocket.OPEN) return
    this.#socket.cork()
    for (const frame of frames) this.#webSocket.send(frame, { binary: !isTextFrame(frame) })
    this.#socket.uncork()
  }

  ping(): void {
    if (this.#webSocket.readyState === this.#webSocket.OPEN) this.#webSocket.ping()
  }

  end(code: number): void {
    this.#webSocket.close(code)
  }

  destroy(): void {
    this.#webSocket.terminate()
  }
}
