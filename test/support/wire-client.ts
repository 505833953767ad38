/**
 * A client on a wire of a `ServerWorld`: writes requests as bytes, reads what the server sent. It does what the test
 * says and nothing by itself, but answer challenges (`authenticated`).
 */

import type { TransportFlow, TransportName } from '../../src/ports/flows.ts'
import { shardOf } from '../../src/ports/sharding.ts'
import { parseChallenge } from '../../src/sip/digest/challenge.ts'
import { answerChallenge } from '../../src/sip/digest/client.ts'
import { encodeRequest, encodeResponse } from '../../src/sip/message/encode.ts'
import { HeaderId } from '../../src/sip/message/header-id.ts'
import { parseMessage } from '../../src/sip/message/parse.ts'
import type { SipMessage } from '../../src/sip/message/sip-message.ts'
import { passwordOf, type ServerWorld } from './server-world.ts'

export interface ClientOptions {
  readonly transport?: TransportName
  readonly worker?: number
  readonly password?: string
  /** What it signs in as; default: its name. */
  readonly userName?: string
  /** `+sip.instance`; null for a client without one. */
  readonly instance?: string | null
  readonly regId?: number | null
  readonly port?: number
  readonly address?: string
  /** Default: `example.test`. */
  readonly domain?: string
}

export interface RequestParts {
  readonly uri?: string
  readonly to?: string
  readonly from?: string
  readonly fromTag?: string
  readonly callId?: string
  readonly cseq?: number
  readonly branch?: string
  readonly headers?: readonly (readonly [string, string])[]
  readonly body?: string | Uint8Array
  readonly contentType?: string
  readonly maxForwards?: number
}

let lastPort = 20_000

export class WireClient {
  readonly name: string
  readonly world: ServerWorld
  readonly transport: TransportName
  readonly instance: string | null
  readonly regId: number | null
  readonly address: string
  readonly domain: string
  readonly port: number
  readonly worker: number
  readonly flow: TransportFlow
  readonly password: string
  readonly userName: string
  /** Everything that came and was not taken yet. */
  readonly inbox: SipMessage[] = []
  closedBy: string | null = null
  /** Answers requests by itself with this status; null leaves them in the inbox only. */
  answerWith: number | null = 200
  #cseq = 0
  #count = 0

  constructor(world: ServerWorld, name: string, options: ClientOptions = {}) {
    this.world = world
    this.name = name
    this.transport = options.transport ?? 'tcp'
    this.password = options.password ?? passwordOf(name)
    this.userName = options.userName ?? name
    this.port = options.port ?? lastPort++
    this.address = options.address ?? '192.0.2.7'
    this.domain = options.domain ?? 'example.test'
    this.instance = options.instance === undefined ? `urn:uuid:${name}-${this.port}` : options.instance
    this.regId = options.regId === undefined ? 1 : options.regId
    this.worker = options.worker ?? this.#naturalWorker()
    this.flow = this.#makeFlow()
    this.edge.onFlowOpened(this.flow)
  }

  get edge() {
    return this.world.cores[this.worker]!.edge
  }

  get aor(): string {
    return `sip:${this.name}@${this.domain}`
  }

  get contact(): string {
    return `sip:${this.name}@${this.address}:${this.port};transport=${this.transport}`
  }

  /** Bytes as they come out of the framer. */
  sendBytes(bytes: Buffer | string): void {
    this.edge.onFlowMessage(this.flow, Buffer.from(bytes))
    this.world.settle()
  }

  /** Sends a request and returns its branch; responses are in the inbox. */
  send(method: string, parts: RequestParts = {}): string {
    const branch = parts.branch ?? `z9hG4bK${this.name}${this.port}${this.#count++}`
    this.sendBytes(this.encode(method, { ...parts, branch }))
    return branch
  }

  encode(method: string, parts: RequestParts & { readonly branch: string }): Buffer {
    const to = parts.to ?? parts.uri ?? this.aor
    const cseq = parts.cseq ?? ++this.#cseq
    const tag = parts.fromTag ?? `${this.name}tag`
    return encodeRequest({
      method,
      requestUri: parts.uri ?? 'sip:example.test',
      headers: [
        ['Via', `SIP/2.0/${this.transport.toUpperCase()} ${this.address}:${this.port};branch=${parts.branch};rport`],
        ['Max-Forwards', String(parts.maxForwards ?? 70)],
        ['From', parts.from ?? `<${this.aor}>;tag=${tag}`],
        ['To', to.startsWith('<') ? to : `<${to}>`],
        ['Call-ID', parts.callId ?? `call-${this.name}-${this.port}`],
        ['CSeq', `${cseq} ${method}`],
        ...(parts.headers ?? []),
      ],
      body: parts.body === undefined ? undefined : Buffer.from(parts.body),
      contentType: parts.body === undefined ? undefined : (parts.contentType ?? 'text/plain'),
    })
  }

  /** Takes the final response to the request with this branch; throws where there is none. */
  final(branch: string): SipMessage {
    const isIt = (message: SipMessage) => !message.isRequest && message.statusCode >= 200 && hasBranch(message, branch)
    const index = this.inbox.findIndex(isIt)
    if (index < 0) throw new Error(`${this.name} has no final response to ${branch}`)
    return this.inbox.splice(index, 1)[0] as SipMessage
  }

  hasFinal(branch: string): boolean {
    return this.inbox.some((message) => !message.isRequest && message.statusCode >= 200 && hasBranch(message, branch))
  }

  /** Takes all provisional responses to the request with this branch: their status codes. */
  provisionals(branch: string): number[] {
    const isIt = (message: SipMessage) => !message.isRequest && message.statusCode < 200 && hasBranch(message, branch)
    const found = this.inbox.filter(isIt)
    for (const message of found) this.inbox.splice(this.inbox.indexOf(message), 1)
    return found.map((message) => message.statusCode)
  }

  /** Takes the oldest request of this method. */
  request(method: string): SipMessage {
    const index = this.inbox.findIndex((message) => message.isRequest && message.method === method)
    if (index < 0) throw new Error(`${this.name} has no ${method}`)
    return this.inbox.splice(index, 1)[0] as SipMessage
  }

  requests(method: string): SipMessage[] {
    return this.inbox.filter((message) => message.isRequest && message.method === method)
  }

  respond(request: SipMessage, status: number, headers: readonly (readonly [string, string])[] = []): void {
    const toTag = `${this.name}${this.port}to`
    this.sendBytes(encodeResponse(request, status, { toTag, headers }))
  }

  /** Sends, answers a challenge, and gives the final response. */
  authenticated(method: string, parts: RequestParts = {}): SipMessage {
    const first = this.final(this.send(method, parts))
    if (first.statusCode !== 401 && first.statusCode !== 407) return first
    const headers = [...(parts.headers ?? []), this.credentials(first, method, parts)]
    return this.final(this.send(method, { ...parts, headers, ...nextCseq(parts) }))
  }

  /** The header that answers this challenge. */
  credentials(challenge: SipMessage, method: string, parts: RequestParts = {}, nc = 1): readonly [string, string] {
    const isRegistrar = challenge.statusCode === 401
    const values = challenge.all(isRegistrar ? HeaderId.wwwAuthenticate : HeaderId.proxyAuthenticate)
    const challenges = values.map(parseChallenge).filter((each) => each !== null)
    const uri = parts.uri ?? 'sip:example.test'
    const body = Buffer.from(parts.body ?? '')
    const login = { username: this.userName, password: this.password, method, uri, body, nc, cnonce: `c${this.#count}` }
    const value = answerChallenge(challenges, login)
    if (value === null) throw new Error('cannot answer the challenge')
    return [isRegistrar ? 'Authorization' : 'Proxy-Authorization', value]
  }

  register(expiresSeconds = 3600, parts: RequestParts = {}): SipMessage {
    const headers = [...this.registerHeaders(expiresSeconds), ...(parts.headers ?? [])]
    return this.authenticated('REGISTER', { uri: 'sip:example.test', to: this.aor, ...parts, headers })
  }

  registerHeaders(expiresSeconds: number): (readonly [string, string])[] {
    const instance = this.instance === null ? '' : `;+sip.instance="<${this.instance}>"`
    const regId = this.instance === null || this.regId === null ? '' : `;reg-id=${this.regId}`
    return [
      ['Contact', `<${this.contact}>${instance}${regId}`],
      ['Expires', String(expiresSeconds)],
      ['Supported', 'path, outbound, gruu'],
    ]
  }

  message(to: string, body: string, parts: RequestParts = {}): SipMessage {
    return this.authenticated('MESSAGE', { uri: `sip:${to}@example.test`, body, ...parts })
  }

  /** The connection ends; the server hears it. */
  close(reason = 'transport.reset'): void {
    if (this.closedBy !== null) return
    this.closedBy = reason
    this.edge.onFlowClosed(this.flow, reason)
    this.world.settle()
  }

  #naturalWorker(): number {
    if (this.transport !== 'udp') return this.world.nextWorker()
    return shardOf(`${this.address} ${this.port}`, this.world.workersCount)
  }

  #makeFlow(): TransportFlow {
    return {
      transport: this.transport,
      remoteAddress: this.address,
      remotePort: this.port,
      localAddress: '192.0.2.1',
      localPort: 5060,
      bufferedBytes: 0,
      send: (bytes) => this.#onBytes(Buffer.from(bytes)),
      close: (reason) => this.close(reason),
    }
  }

  #onBytes(bytes: Buffer): void {
    if (this.closedBy !== null) return
    const { message } = parseMessage(bytes)
    if (!message) throw new Error(`the server sent something malformed:\n${bytes}`)
    this.inbox.push(message)
    if (message.isRequest && this.answerWith !== null && message.method !== 'ACK') {
      const answer = encodeResponse(message, this.answerWith, { toTag: `${this.name}${this.port}to` })
      // Not inside the server's own turn.
      this.world.later(() => this.edge.onFlowMessage(this.flow, answer))
    }
  }
}

function hasBranch(message: SipMessage, branch: string): boolean {
  return message.topVia?.branch === branch
}

function nextCseq(parts: RequestParts): Partial<RequestParts> {
  return parts.cseq === undefined ? {} : { cseq: parts.cseq + 1 }
}
