/**
 * A client on a real socket, for tests of whole processes: sends requests, answers challenges, and waits for what
 * comes.
 */
import type { FlowSink, TransportFlow } from '../../src/ports/flows.ts'
import { parseChallenge } from '../../src/sip/digest/challenge.ts'
import { answerChallenge } from '../../src/sip/digest/client.ts'
import { encodeRequest, encodeResponse } from '../../src/sip/message/encode.ts'
import { HeaderId } from '../../src/sip/message/header-id.ts'
import { parseMessage } from '../../src/sip/message/parse.ts'
import type { SipMessage } from '../../src/sip/message/sip-message.ts'
import { type ConnectOptions, connectFlow } from '../../src/transport/index.ts'

export interface Login {
  readonly name: string
  readonly password: string
  /** `example.test` where none is named. */
  readonly domain?: string
}

export class SocketClient implements FlowSink {
  readonly #login: Login
  readonly #waiting = new Map<string, (response: SipMessage) => void>()
  readonly #closed = Promise.withResolvers<string>()
  readonly requests: SipMessage[] = []
  /** Answers requests by itself. */
  answers = true
  #flow!: TransportFlow
  #count = 0

  private constructor(login: Login) {
    this.#login = login
  }

  static async connect(options: ConnectOptions, login: Login): Promise<SocketClient> {
    const client = new SocketClient(login)
    client.#flow = await connectFlow(options, client)
    return client
  }

  /** Resolves with the reason when the connection has ended. */
  get closed(): Promise<string> {
    return this.#closed.promise
  }

  async register(): Promise<number> {
    return (await this.ask('REGISTER', this.registration())).statusCode
  }

  /** Of this connection; for `askOnce`, with headers besides. */
  registration(headers: AskParts['headers'] = []): AskParts {
    const contact = `<sip:${this.#login.name}@127.0.0.1:${this.#flow.localPort};transport=${this.#flow.transport}>`
    const instance = `;+sip.instance="<urn:uuid:${this.#login.name}-${this.#flow.localPort}>"`
    return { uri: `sip:${this.#domain}`, to: this.#aor, headers: [['Contact', contact + instance], ...headers] }
  }

  async message(to: string, body: string): Promise<number> {
    const uri = `sip:${to}@${this.#domain}`
    return (await this.ask('MESSAGE', { uri, to: uri, headers: [['Content-Type', 'text/plain']], body })).statusCode
  }

  /** The final response, after a challenge if there is one. */
  async ask(method: string, parts: AskParts): Promise<SipMessage> {
    const first = await this.askOnce(method, parts)
    if (first.statusCode !== 401 && first.statusCode !== 407) return first
    const isRegistrar = first.statusCode === 401
    const values = first.all(isRegistrar ? HeaderId.wwwAuthenticate : HeaderId.proxyAuthenticate)
    const challenges = values.map(parseChallenge).filter((each) => each !== null)
    const { name: username, password } = this.#login
    const body = Buffer.from(parts.body ?? '')
    const answer = { username, password, method, uri: parts.uri, body, nc: 1, cnonce: `c${this.#count}` }
    const value = answerChallenge(challenges, answer) ?? ''
    const name = isRegistrar ? 'Authorization' : 'Proxy-Authorization'
    return this.askOnce(method, { ...parts, headers: [...(parts.headers ?? []), [name, value]] })
  }

  end(): void {
    this.#flow.close('test.over')
  }

  onFlowOpened(): void {}

  onFlowMessage(flow: TransportFlow, bytes: Buffer): void {
    const { message } = parseMessage(bytes)
    if (!message) return
    if (message.isRequest) {
      this.requests.push(message)
      if (this.answers) flow.send(encodeResponse(message, 200, { toTag: 'there' }))
    } else if (message.statusCode >= 200) this.#waiting.get(message.topVia?.branch ?? '')?.(message)
  }

  onFlowFault(): void {}

  onFlowClosed(_flow: TransportFlow, reason: string): void {
    this.#closed.resolve(reason)
  }

  get #aor(): string {
    return `sip:${this.#login.name}@${this.#domain}`
  }

  get #domain(): string {
    return this.#login.domain ?? 'example.test'
  }

  /** The final response, whatever it is. */
  async askOnce(method: string, parts: AskParts): Promise<SipMessage> {
    const branch = `z9hG4bK${this.#flow.localPort}x${++this.#count}`
    const { transport, localPort } = this.#flow
    const bytes = encodeRequest({
      method,
      requestUri: parts.uri,
      headers: [
        ['Via', `SIP/2.0/${transport.toUpperCase()} 127.0.0.1:${localPort};branch=${branch};rport`],
        ['Max-Forwards', '70'],
        ['From', `<${this.#aor}>;tag=t`],
        ['To', `<${parts.to}>`],
        ['Call-ID', `${localPort}-${method}`],
        ['CSeq', `${this.#count} ${method}`],
        ...(parts.headers ?? []),
      ],
      ...(parts.body === undefined ? {} : { body: Buffer.from(parts.body) }),
    })
    const response = new Promise<SipMessage>((resolve) => this.#waiting.set(branch, resolve))
    this.#flow.send(bytes)
    const lost = this.closed.then((reason): never => {
      throw new Error(`${method}: ${reason}`)
    })
    return Promise.race([response, lost])
  }
}

export interface AskParts {
  readonly uri: string
  readonly to: string
  readonly headers?: readonly (readonly [string, string])[]
  readonly body?: string
}
