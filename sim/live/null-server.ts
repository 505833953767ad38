/**
 * A server that costs next to nothing, for finding out what the generator can do: it believes everybody, keeps nothing
 * on disk, and yet makes the same messages come: every NOTIFY of a change, every delivery, every answer. TCP.
 */
import { createServer, type Server, type Socket } from 'node:net'
import {
  encodeRequest,
  encodeResponse,
  HeaderId,
  type HeaderLines,
  MessageEditor,
  parseMessage,
  type SipMessage,
  StreamFramer,
} from '../../src/sip/index.ts'
import type { Naming, Population } from '../users/population.ts'

interface Watch {
  readonly watcher: number
  readonly request: SipMessage
  readonly socket: Socket
  /** Of whom; several for a list. */
  readonly presentities: readonly number[]
  cseq: number
}

const absent = (aor: string) =>
  `<presence xmlns="urn:ietf:params:xml:ns:pidf" entity="${aor.replace('sip:', 'pres:')}"/>`

export class NullServer {
  readonly #population: Population
  readonly #naming: Naming
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  /** By number of the user: the connection signed in last. */
  readonly #users: (Socket | undefined)[] = []
  readonly #documents: (string | undefined)[] = []
  readonly #watchesOf: Watch[][] = []
  /** By Call-ID, so that refreshes are no new ones. */
  readonly #watches = new Map<string, Watch>()
  #branches = 0

  constructor(population: Population, naming: Naming) {
    this.#population = population
    this.#naming = naming
    this.#server = createServer((socket) => this.#onConnection(socket))
  }

  async listen(): Promise<number> {
    await new Promise<void>((resolve) => this.#server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, resolve))
    return (this.#server.address() as { port: number }).port
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  #onConnection(socket: Socket): void {
    this.#sockets.add(socket)
    socket.setNoDelay(true)
    const framer = new StreamFramer({
      onMessage: (bytes) => this.#onMessage(socket, bytes),
      onKeepAlive: (kind) => kind === 'ping' && socket.write('\r\n'),
      onFault: () => socket.destroy(),
    })
    socket.on('data', (chunk: Buffer) => {
      // What one chunk brings is answered in one write.
      socket.cork()
      framer.push(chunk)
      socket.uncork()
    })
    socket.on('error', () => socket.destroy())
    socket.on('close', () => this.#sockets.delete(socket))
  }

  #onMessage(socket: Socket, bytes: Buffer): void {
    const { message } = parseMessage(bytes)
    if (!message) return
    if (!message.isRequest) return this.#passAnswer(message)
    switch (message.method) {
      case 'REGISTER':
        return this.#register(socket, message)
      case 'SUBSCRIBE':
        return this.#subscribe(socket, message)
      case 'PUBLISH':
        return this.#publish(socket, message)
      default:
        return this.#forward(socket, message)
    }
  }

  #register(socket: Socket, request: SipMessage): void {
    const user = this.#userOf(request.from?.uri)
    if (user >= 0) this.#users[user] = socket
    const contact = request.first(HeaderId.contact) ?? ''
    const seconds = request.expiresSeconds ?? 3600
    this.#answer(socket, request, 200, [['Contact', `${contact};expires=${seconds}`]])
  }

  #subscribe(socket: Socket, request: SipMessage): void {
    const callId = request.callId ?? ''
    const seconds = request.expiresSeconds ?? 3600
    const toTag = request.to?.tag ?? 'null'
    socket.write(
      encodeResponse(request, 200, {
        toTag,
        headers: [
          ['Expires', String(seconds)],
          ['Contact', '<sip:null@127.0.0.1>'],
        ],
      }),
    )
    const known = this.#watches.get(callId)
    const watch = { ...this.#watch(socket, request), cseq: known?.cseq ?? 0 }
    this.#watches.set(callId, watch)
    const isPresence = request.named('Event') === 'presence'
    for (const presentity of isPresence ? watch.presentities : []) {
      this.#watchesOf[presentity] ??= []
      const watches = this.#watchesOf[presentity]
      const at = known ? watches.indexOf(known) : -1
      if (at >= 0) watches.splice(at, 1)
      if (seconds > 0) watches.push(watch)
    }
    if (seconds === 0) this.#watches.delete(callId)
    const body = isPresence ? watch.presentities.map((user) => this.#documentOf(user)).join('') : ''
    this.#notify(watch, body, seconds > 0 ? 'active' : 'terminated;reason=timeout')
  }

  #watch(socket: Socket, request: SipMessage): Omit<Watch, 'cseq'> {
    const watcher = this.#userOf(request.from?.uri)
    const isList = (request.to?.uri ?? '').includes('+contacts@')
    const presentities = isList ? [...this.#population.contactsOf(watcher)] : [this.#userOf(request.to?.uri)]
    return { watcher, request, socket, presentities }
  }

  #publish(socket: Socket, request: SipMessage): void {
    const user = this.#userOf(request.from?.uri)
    const seconds = request.expiresSeconds ?? 3600
    this.#answer(socket, request, 200, [
      ['SIP-ETag', `e${++this.#branches}`],
      ['Expires', String(seconds)],
    ])
    if (seconds > 0 && request.body.length === 0) return
    this.#documents[user] = seconds === 0 ? undefined : request.body.toString('latin1')
    for (const watch of this.#watchesOf[user] ?? []) this.#notify(watch, this.#documentOf(user), 'active')
  }

  /** To the device of whom it is for; the answer comes back by the Via that stays below ours. */
  #forward(socket: Socket, request: SipMessage): void {
    const other = this.#users[this.#userOf(request.requestUri)]
    if (!other || other.destroyed) {
      if (request.method !== 'ACK') this.#answer(socket, request, 480, [])
      return
    }
    const sender = this.#userOf(request.from?.uri)
    const via = `SIP/2.0/TCP 127.0.0.1;branch=z9hG4bKnull${++this.#branches};from=${sender}`
    other.write(new MessageEditor(request).prepend(HeaderId.via, via).encode())
  }

  #passAnswer(response: SipMessage): void {
    const sender = /;from=(\d+)/.exec(response.first(HeaderId.via) ?? '')?.[1]
    if (sender === undefined) return
    this.#users[Number(sender)]?.write(new MessageEditor(response).removeFirstValue(HeaderId.via).encode())
  }

  #notify(watch: Watch, body: string, state: string): void {
    const { request, socket } = watch
    if (socket.destroyed) return
    socket.write(
      encodeRequest({
        method: 'NOTIFY',
        requestUri: this.#naming.aor(watch.watcher),
        headers: [
          ['Via', `SIP/2.0/TCP 127.0.0.1;branch=z9hG4bKn${++this.#branches}`],
          ['Max-Forwards', '70'],
          ['From', `<${request.to?.uri}>;tag=${request.to?.tag ?? 'null'}`],
          ['To', `<${request.from?.uri}>;tag=${request.from?.tag}`],
          ['Call-ID', request.callId ?? ''],
          ['CSeq', `${++watch.cseq} NOTIFY`],
          ['Contact', '<sip:null@127.0.0.1>'],
          ['Event', request.named('Event') ?? 'presence'],
          ['Subscription-State', state],
        ],
        contentType: 'application/pidf+xml',
        body: Buffer.from(body, 'latin1'),
      }),
    )
  }

  #answer(socket: Socket, request: SipMessage, status: number, headers: HeaderLines): void {
    socket.write(encodeResponse(request, status, { toTag: 'null', headers }))
  }

  #documentOf(user: number): string {
    return this.#documents[user] ?? absent(this.#naming.aor(user))
  }

  #userOf(uri: string | undefined): number {
    const text = uri ?? ''
    return this.#naming.userOf(text.slice(text.indexOf(':') + 1, text.indexOf('@')).replace('+contacts', ''))
  }
}
