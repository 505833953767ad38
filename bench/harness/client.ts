/**
 * A correct client over TCP for programs that verify (crash, soak): registers with digest, sends, answers what comes
 * with 200. Made for checking, not for speed; load is made by `bench/load/load.c`.
 */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { parseChallenge } from '../../src/sip/digest/challenge.ts'
import { answerChallenge } from '../../src/sip/digest/client.ts'
import { StreamFramer } from '../../src/sip/framing/stream-framer.ts'
import { encodeRequest, encodeResponse } from '../../src/sip/message/encode.ts'
import { HeaderId } from '../../src/sip/message/header-id.ts'
import { parseMessage } from '../../src/sip/message/parse.ts'
import type { SipMessage } from '../../src/sip/message/sip-message.ts'

type Header = readonly [string, string]

interface Body {
  readonly type: string
  readonly bytes: Buffer
}

export const domain = 'example.test'

export interface ClientOptions {
  readonly port: number
  /** u0, u1, …, as `server.ts` makes them. */
  readonly user: number
  /** TLS, proved by this authority; TCP where there is none. */
  readonly authority?: Buffer
  /** A request came; it is answered with 200 after this. */
  readonly onRequest?: (request: SipMessage) => void
}

let branches = 0

export class Client {
  readonly user: number
  readonly #options: ClientOptions
  readonly #waiting = new Map<string, (response: SipMessage | null) => void>()
  readonly #callId = `c${process.pid}x${++branches}`
  #socket: Socket | null = null
  #cseq = 0

  constructor(options: ClientOptions) {
    this.#options = options
    this.user = options.user
  }

  get aor(): string {
    return `sip:u${this.user}@${domain}`
  }

  get #transport(): 'tcp' | 'tls' {
    return this.#options.authority ? 'tls' : 'tcp'
  }

  async open(): Promise<this> {
    const { port, authority } = this.#options
    const socket = authority
      ? connectTls({ port, host: '127.0.0.1', ca: authority, servername: domain, ALPNProtocols: ['sip'] })
      : connect({ port, host: '127.0.0.1', noDelay: true })
    this.#socket = socket
    const framer = new StreamFramer({
      onMessage: (bytes) => this.#onMessage(bytes),
      onKeepAlive: () => {},
      onFault: () => socket.destroy(),
    })
    socket.on('data', (chunk: Buffer) => framer.push(chunk))
    // The close that follows says all.
    socket.on('error', () => {})
    socket.on('close', () => this.#onClose())
    await Promise.race([once(socket, authority ? 'secureConnect' : 'connect'), once(socket, 'close')])
    return this
  }

  close(): void {
    this.#socket?.destroy()
  }

  /** The final answer; null when the connection ended before it came. */
  register(contact: string | null, expiresSeconds: number): Promise<SipMessage | null> {
    const headers: Header[] =
      contact === null
        ? []
        : [
            ['Contact', contact],
            ['Expires', String(expiresSeconds)],
          ]
    return this.#proved('REGISTER', `sip:${domain}`, this.aor, headers, null)
  }

  message(to: number, body: string): Promise<SipMessage | null> {
    return this.#message(to, [], { type: 'text/plain', bytes: Buffer.from(body) })
  }

  /** That this user is typing (RFC 3994), which nobody keeps. */
  typing(to: number): Promise<SipMessage | null> {
    const names = 'urn:ietf:params:xml:ns:im-iscomposing'
    const text = `<?xml version="1.0"?><isComposing xmlns="${names}"><state>active</state></isComposing>`
    return this.#message(to, [['Expires', '0']], { type: 'application/im-iscomposing+xml', bytes: Buffer.from(text) })
  }

  /** CRLFCRLF (RFC 5626 §3.5.1). */
  keepAlive(): void {
    this.#socket?.write('\r\n\r\n')
  }

  /** To the presence of a user, in a dialog of its own. */
  subscribe(to: number, expiresSeconds: number): Promise<SipMessage | null> {
    const uri = `sip:u${to}@${domain}`
    const headers: Header[] = [
      ['Event', 'presence'],
      ['Accept', 'application/pidf+xml'],
      ['Expires', String(expiresSeconds)],
      ['Contact', this.contact('bench')],
    ]
    return this.#proved('SUBSCRIBE', uri, uri, headers, null, `${this.#callId}w${to}`)
  }

  /** To the presence of these users as one, by a list that goes with the request (RFC 5367). */
  subscribeToList(users: readonly number[], expiresSeconds: number): Promise<SipMessage | null> {
    const entries = users.map((user) => `<entry uri="sip:u${user}@${domain}"/>`).join('')
    const names = 'urn:ietf:params:xml:ns:resource-lists'
    const list = `<resource-lists xmlns="${names}"><list>${entries}</list></resource-lists>`
    const headers: Header[] = [
      ['Event', 'presence'],
      ['Accept', 'application/pidf+xml, application/rlmi+xml, multipart/related'],
      ['Supported', 'eventlist'],
      ['Require', 'recipient-list-subscribe'],
      ['Content-Disposition', 'recipient-list'],
      ['Expires', String(expiresSeconds)],
      ['Contact', this.contact('bench')],
    ]
    const uri = `sip:contacts@${domain}`
    const body = { type: 'application/resource-lists+xml', bytes: Buffer.from(list) }
    return this.#proved('SUBSCRIBE', uri, uri, headers, body, `${this.#callId}l`)
  }

  /** To a package of the user's own: `reg`, `message-summary`. */
  subscribeToOwn(event: string, expiresSeconds: number): Promise<SipMessage | null> {
    const headers: Header[] = [
      ['Event', event],
      ['Expires', String(expiresSeconds)],
      ['Contact', this.contact('bench')],
    ]
    return this.#proved('SUBSCRIBE', this.aor, this.aor, headers, null, `${this.#callId}${event}`)
  }

  /** In the dialog that this 200 of a SUBSCRIBE made: a refresh (RFC 6665 §4.1.2.2), or with 0 its end. */
  subscribeAgain(accepted: SipMessage, event: string, expiresSeconds: number): Promise<SipMessage | null> {
    const target = /<([^>]*)>/.exec(accepted.first(HeaderId.contact) ?? '')?.[1] ?? this.aor
    const headers: Header[] = [
      ['Event', event],
      ['Supported', 'eventlist'],
      ['Expires', String(expiresSeconds)],
      ['Contact', this.contact('bench')],
    ]
    if (event === 'presence') {
      headers.push(['Accept', 'application/pidf+xml, application/rlmi+xml, multipart/related'])
    }
    const { uri, tag } = accepted.to!
    return this.#proved('SUBSCRIBE', target, uri, headers, null, accepted.callId ?? '', `;tag=${tag}`)
  }

  /** Without a document: the publication lives on for so long (RFC 3903 §4.1), 0 ends it. */
  publishAgain(ifMatch: string, expiresSeconds: number): Promise<SipMessage | null> {
    const headers: Header[] = [
      ['Event', 'presence'],
      ['Expires', String(expiresSeconds)],
      ['SIP-If-Match', ifMatch],
    ]
    return this.#proved('PUBLISH', this.aor, this.aor, headers, null, `${this.#callId}p`)
  }

  /** `ifMatch`: the entity tag of the publication that this one takes the place of. */
  publish(document: string, ifMatch: string | null): Promise<SipMessage | null> {
    const headers: Header[] = [
      ['Event', 'presence'],
      ['Expires', '3600'],
    ]
    if (ifMatch !== null) headers.push(['SIP-If-Match', ifMatch])
    const body = { type: 'application/pidf+xml', bytes: Buffer.from(document) }
    return this.#proved('PUBLISH', this.aor, this.aor, headers, body, `${this.#callId}p`)
  }

  /** Signs in with a device of this name. A server that refuses makes every later finding worthless. */
  async signIn(device: string): Promise<void> {
    const answer = await this.register(this.contact(device), 3600)
    if (answer?.statusCode !== 200) throw new Error(`u${this.user} cannot sign in: ${answer?.bytes ?? 'no answer'}`)
  }

  contact(device: string): string {
    return `<sip:u${this.user}@127.0.0.1:${this.#socket?.localPort ?? 0};transport=${this.#transport};device=${device}>`
  }

  #message(to: number, headers: readonly Header[], body: Body): Promise<SipMessage | null> {
    const uri = `sip:u${to}@${domain}`
    return this.#proved('MESSAGE', uri, uri, headers, body)
  }

  async #proved(
    method: string,
    uri: string,
    to: string,
    headers: readonly Header[],
    body: Body | null,
    callId = this.#callId,
    toTag = '',
  ) {
    const ask = (all: readonly Header[]) => this.#ask(method, uri, `<${to}>${toTag}`, all, body, callId)
    const first = await ask(headers)
    if (first?.statusCode !== 401 && first?.statusCode !== 407) return first
    const is401 = first.statusCode === 401
    const challenges = first.all(is401 ? HeaderId.wwwAuthenticate : HeaderId.proxyAuthenticate)
    const credentials = answerChallenge(
      challenges.flatMap((text) => parseChallenge(text) ?? []),
      {
        username: `u${this.user}`,
        password: `password${this.user}`,
        method,
        uri,
        body: body?.bytes ?? null,
        nc: 1,
        cnonce: 'c0ffee',
      },
    )
    const proof: Header = [is401 ? 'Authorization' : 'Proxy-Authorization', credentials ?? '']
    return ask([...headers, proof])
  }

  #ask(method: string, uri: string, to: string, headers: readonly Header[], body: Body | null, callId: string) {
    const socket = this.#socket
    if (!socket || socket.destroyed) return Promise.resolve(null)
    const branch = `z9hG4bK${process.pid}.${++branches}`
    const bytes = encodeRequest({
      method,
      requestUri: uri,
      headers: [
        ['Via', `SIP/2.0/${this.#transport.toUpperCase()} 127.0.0.1:${socket.localPort};branch=${branch};rport`],
        ['Max-Forwards', '70'],
        ['From', `<${this.aor}>;tag=${this.user}`],
        ['To', to],
        ['Call-ID', callId],
        ['CSeq', `${++this.#cseq} ${method}`],
        ...headers,
      ],
      ...(body === null ? {} : { body: body.bytes, contentType: body.type }),
    })
    return new Promise<SipMessage | null>((resolve) => {
      this.#waiting.set(branch, resolve)
      socket.write(bytes)
    })
  }

  #onMessage(bytes: Buffer): void {
    const { message } = parseMessage(bytes)
    if (!message) return
    if (message.isRequest) {
      this.#options.onRequest?.(message)
      this.#socket?.write(encodeResponse(message, 200, { toTag: 'taken' }))
    } else if (message.statusCode >= 200) {
      const branch = message.topVia?.branch ?? ''
      this.#waiting.get(branch)?.(message)
      this.#waiting.delete(branch)
    }
  }

  #onClose(): void {
    for (const resolve of this.#waiting.values()) resolve(null)
    this.#waiting.clear()
  }
}
