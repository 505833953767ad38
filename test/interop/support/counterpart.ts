/**
 * The other side of a conversation with a client under test: a minimal user agent of our own that signs in, sends and
 * takes messages. It knows just as much of RFC 3261 and 3428 as the tests ask for, and accepts every MESSAGE.
 */
import { randomBytes } from 'node:crypto'
import type { TransportFlow, TransportName } from '../../../src/ports/flows.ts'
import {
  answerChallenge,
  encodeRequest,
  encodeResponse,
  HeaderId,
  type HeaderLines,
  parseChallenge,
  parseMessage,
  type SipMessage,
} from '../../../src/sip/index.ts'
import { connectFlow } from '../../../src/transport/index.ts'
import { Bell } from './deadline.ts'
import { authorityPem, domain, type InteropServer, password } from './server.ts'

interface Ask {
  readonly method: string
  readonly to: string
  readonly headers: HeaderLines
  readonly body?: string
}

const word = (): string => randomBytes(8).toString('hex')

export class Counterpart {
  readonly aor: string
  readonly #user: string
  readonly #server: InteropServer
  readonly #bell = new Bell()
  readonly #heard: SipMessage[] = []
  readonly #taken: SipMessage[] = []
  readonly #callId = word()
  readonly #fromTag = word()
  #flow: TransportFlow | null = null
  #cseq = 0

  private constructor(server: InteropServer, user: string) {
    this.#server = server
    this.#user = user
    this.aor = `sip:${user}@${domain}`
  }

  static async signIn(server: InteropServer, user: string, transport: TransportName = 'tls'): Promise<Counterpart> {
    const counterpart = new Counterpart(server, user)
    await counterpart.#connect(transport)
    const status = await counterpart.#register(600)
    if (status !== 200) throw new Error(`${user} cannot sign in: ${status}`)
    return counterpart
  }

  /** The final status. */
  async send(toUser: string, text: string): Promise<number> {
    const headers = [['Content-Type', 'text/plain;charset=UTF-8']] as const
    return this.#ask({ method: 'MESSAGE', to: `sip:${toUser}@${domain}`, headers, body: text })
  }

  /** The next message with this text; each is given once. */
  async hears(text: string): Promise<SipMessage> {
    const look = (): SipMessage | undefined =>
      this.#heard.find((message) => !this.#taken.includes(message) && message.body.toString('utf8').trim() === text)
    const message = await this.#bell.until(`"${text}" for ${this.#user}`, look, () => this.#told())
    this.#taken.push(message)
    return message
  }

  async signOut(): Promise<void> {
    if (this.#flow) await this.#register(0).catch(() => undefined)
    this.#flow?.close('signed out')
    this.#flow = null
  }

  async #connect(transport: TransportName): Promise<void> {
    const { host } = this.#server
    const options = { transport, host, port: this.#server.port(transport), tls: { ca: authorityPem(this.#server) } }
    this.#flow = await connectFlow(options, {
      onFlowOpened: () => undefined,
      onFlowMessage: (_flow, bytes) => this.#onBytes(bytes),
      onFlowFault: () => undefined,
      onFlowClosed: () => undefined,
    })
  }

  #register(expires: number): Promise<number> {
    const { localAddress, localPort, transport } = this.#flow!
    const contact = `<sip:${this.#user}@${localAddress}:${localPort};transport=${transport}>`
    const headers = [
      ['Contact', contact],
      ['Expires', String(expires)],
    ] as const
    return this.#ask({ method: 'REGISTER', to: this.aor, headers })
  }

  async #ask(ask: Ask): Promise<number> {
    const response = await this.#exchange(ask, [])
    if (response.statusCode !== 401 && response.statusCode !== 407) return response.statusCode
    return (await this.#exchange(ask, [this.#credentials(ask, response)])).statusCode
  }

  #credentials(ask: Ask, response: SipMessage): readonly [string, string] {
    const isProxy = response.statusCode === 407
    const lines = response.all(isProxy ? HeaderId.proxyAuthenticate : HeaderId.wwwAuthenticate)
    const value = answerChallenge(
      lines.flatMap((line) => parseChallenge(line) ?? []),
      {
        username: this.#user,
        password,
        method: ask.method,
        uri: requestUri(ask),
        body: Buffer.from(ask.body ?? ''),
        nc: 1,
        cnonce: word(),
      },
    )
    if (value === null) throw new Error(`no challenge that we know: ${lines.join(' | ')}`)
    return [isProxy ? 'Proxy-Authorization' : 'Authorization', value]
  }

  async #exchange(ask: Ask, more: HeaderLines): Promise<SipMessage> {
    const { localAddress, localPort, transport } = this.#flow!
    this.#cseq++
    const cseq = this.#cseq
    const headers: HeaderLines = [
      ['Via', `SIP/2.0/${transport.toUpperCase()} ${localAddress}:${localPort};rport;branch=z9hG4bK${word()}`],
      ['From', `<${this.aor}>;tag=${this.#fromTag}`],
      ['To', `<${ask.to}>`],
      // A new one for each message: Linphone takes a second message of one Call-ID for the first one again.
      ['Call-ID', ask.method === 'REGISTER' ? this.#callId : word()],
      ['CSeq', `${cseq} ${ask.method}`],
      ['Max-Forwards', '70'],
      ...ask.headers,
      ...more,
    ]
    const body = Buffer.from(ask.body ?? '')
    this.#flow!.send(encodeRequest({ method: ask.method, requestUri: requestUri(ask), headers, body }))
    const look = (): SipMessage | undefined =>
      this.#heard.find(({ statusCode, cseq: answered }) => statusCode >= 200 && answered?.number === cseq)
    return this.#bell.until(`answer to ${ask.method} of ${this.#user}`, look, () => this.#told())
  }

  #onBytes(bytes: Buffer): void {
    const { message } = parseMessage(bytes)
    if (!message) return
    if (message.isRequest) {
      const status = message.method === 'MESSAGE' ? 200 : 501
      this.#flow?.send(encodeResponse(message, status, { toTag: this.#fromTag }))
    }
    this.#heard.push(message)
    this.#bell.ring()
  }

  #told(): string {
    return this.#heard.map(({ bytes }) => bytes.toString('utf8')).join('\n--\n')
  }
}

function requestUri({ method, to }: Ask): string {
  return method === 'REGISTER' ? `sip:${domain}` : to
}
