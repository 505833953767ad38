/**
 * A proxy over TCP between simulated users and a server that does to messages what a broken server would: loses one,
 * doubles it, swaps two, tells an older state. It answers in the device's name where the server must not notice. For
 * showing that the verifier sees it; the product itself has no switch for faults.
 */
import { connect, createServer, type Server, type Socket } from 'node:net'
import { encodeResponse, MessageEditor, parseMessage, type SipMessage, StreamFramer } from '../../src/sip/index.ts'

/** What is done with a request on its way to a device. `pass` sends it on; `answer` says 200 to the server. */
export interface OnTheWay {
  readonly request: SipMessage
  /** Number of the connection. */
  readonly connection: number
  pass(bytes?: Buffer): void
  answer(): void
}

export type Meddle = (message: OnTheWay) => void

export class FaultyProxy {
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  #connections = 0

  constructor(targetPort: number, meddle: Meddle) {
    this.#server = createServer((client) => this.#join(client, targetPort, meddle))
  }

  /** The port to aim at. */
  async listen(): Promise<number> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
    return (this.#server.address() as { port: number }).port
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  #join(client: Socket, port: number, meddle: Meddle): void {
    const connection = ++this.#connections
    const localAddress = client.remoteAddress?.replace('::ffff:', '')
    const server = connect({ host: '127.0.0.1', port, ...(localAddress !== undefined && { localAddress }) })
    for (const [one, other] of [
      [client, server],
      [server, client],
    ] as const) {
      this.#sockets.add(one)
      one.setNoDelay(true)
      one.on('error', () => other.destroy())
      one.on('close', () => {
        this.#sockets.delete(one)
        other.destroy()
      })
    }
    client.on('data', (chunk: Buffer) => server.write(chunk))
    const framer = new StreamFramer({
      onMessage: (bytes) => onMessage(bytes),
      onKeepAlive: () => client.write('\r\n'),
      onFault: () => client.destroy(),
    })
    server.on('data', (chunk: Buffer) => framer.push(chunk))
    const onMessage = (bytes: Buffer) => {
      const { message } = parseMessage(bytes)
      if (!message?.isRequest) return void client.write(bytes)
      meddle({
        request: message,
        connection,
        pass: (other = bytes) => client.write(other),
        answer: () => server.write(encodeResponse(message, 200, { toTag: 'proxy' })),
      })
    }
  }
}

/** The same message once more as a new one: another transaction and Call-ID. */
export function asNew(request: SipMessage): Buffer {
  const text = request.bytes.toString('latin1').replace(/branch=z9hG4bK/i, '$&again')
  return Buffer.from(text.replace(/\r\nCall-ID: /i, '$&again'), 'latin1')
}

/** With the body of another. */
export function withBody(request: SipMessage, body: Uint8Array): Buffer {
  return new MessageEditor(request).body(body).encode()
}
