/**
 * Requests of a user agent over its flow: each in a client transaction (RFC 3261 §17.1), with a challenge answered in
 * between (§22.2), until its final answer. When and to whom to send is left to registration and outbox.
 */
import type { TransportFlow } from '../../ports/flows.ts'
import type { Timers } from '../../ports/timers.ts'
import { encodeRequest, type HeaderLines } from '../../sip/message/encode.ts'
import type { SipMessage } from '../../sip/message/sip-message.ts'
import { ClientTransaction, type ClientTransactionUser } from '../../sip/transaction/client-transaction.ts'
import { clientKey, clientTransactionKey } from '../../sip/transaction/match.ts'
import type { Aor } from '../../sip/uri/aor.ts'
import type { Credentials } from './credentials.ts'
import { challengesMax, udpRequestBytesMax } from './limits.ts'
import type { LocalAddress } from './local-address.ts'
import type { AgentPorts } from './ports.ts'

/** Stays the same over the attempts at one request; the CSeq number rises with each (RFC 3261 §8.1.3.5). */
export interface RequestIdentity {
  readonly callId: string
  readonly fromTag: string
  cseq: number
}

export interface OutgoingRequest {
  readonly identity: RequestIdentity
  readonly method: string
  readonly requestUri: string
  readonly to: string
  /** Within a dialog. */
  readonly toTag?: string | null
  readonly headers: HeaderLines
  readonly contentType?: string
  readonly body?: Uint8Array
}

export type Answer =
  | { readonly kind: 'answered'; readonly response: SipMessage }
  /** 32 s without an answer. */
  | { readonly kind: 'timeout' }
  /** The connection ended first: whether the request arrived is not known. */
  | { readonly kind: 'lost' }
  /** It is too long for a datagram and was not sent. */
  | { readonly kind: 'too-long' }

/** Exactly once for each request. */
export type AnswerUser = (answer: Answer) => void

interface Route {
  readonly flow: TransportFlow
  readonly local: LocalAddress
}

export class Requests {
  readonly #aor: Aor
  readonly #userAgent: string
  readonly #ports: AgentPorts
  readonly #credentials: Credentials
  readonly #attempts = new Map<string, Attempt>()
  #route: Route | null = null

  constructor(aor: Aor, userAgent: string, credentials: Credentials, ports: AgentPorts) {
    this.#aor = aor
    this.#userAgent = userAgent
    this.#ports = ports
    this.#credentials = credentials
  }

  open(flow: TransportFlow, local: LocalAddress): void {
    this.#route = { flow, local }
  }

  /** The flow has ended: so has every request over it. */
  close(): void {
    this.#route = null
    // Those that have their answer and wait for copies of it, too.
    for (const attempt of [...this.#attempts.values()]) attempt.transaction.terminate()
  }

  /** Where requests reach us over this flow; empty without one. */
  get contactUri(): string {
    return this.#route?.local.contactUri ?? ''
  }

  newIdentity(): RequestIdentity {
    const { entropy } = this.#ports
    return { callId: entropy.word(16), fromTag: entropy.word(8), cseq: 0 }
  }

  send(request: OutgoingRequest, user: AnswerUser): void {
    const isDatagram = this.#route?.flow.transport === 'udp'
    // Streams are authenticated as a whole by their first REGISTER; over UDP every request stands for itself.
    this.#attempt({ request, user, challenges: 0, withCredentials: isDatagram || request.method === 'REGISTER' })
  }

  /** A response to nothing of ours is dropped. */
  onResponse(response: SipMessage): void {
    this.#attempts.get(clientTransactionKey(response))?.transaction.receive(response)
  }

  #attempt(asked: AskedRequest): void {
    const route = this.#route
    if (route === null) return asked.user({ kind: 'lost' })
    const { request, withCredentials } = asked
    const branch = `z9hG4bK${this.#ports.entropy.word(12)}`
    const bytes = this.#encode(request, route, branch, withCredentials)
    const isDatagram = route.flow.transport === 'udp'
    if (isDatagram && request.method === 'MESSAGE' && bytes.length > udpRequestBytesMax) {
      return asked.user({ kind: 'too-long' })
    }
    const key = clientKey(branch, request.method)
    const { timers } = this.#ports
    const attempt = new Attempt(
      { key, bytes, flow: route.flow, timers, isDatagram },
      {
        onAnswer: (answer) => this.#onAnswer(asked, answer),
        onTerminated: () => void this.#attempts.delete(key),
      },
    )
    this.#attempts.set(key, attempt)
    attempt.transaction.start()
  }

  #encode(request: OutgoingRequest, route: Route, branch: string, withCredentials: boolean): Buffer {
    const { method, requestUri, identity, to, toTag, headers, contentType, body } = request
    const credentials = withCredentials ? this.#credentials.answer({ method, requestUri, body: body ?? null }) : null
    identity.cseq++
    return encodeRequest({
      method,
      requestUri,
      headers: [
        ['Via', `SIP/2.0/${route.local.viaTransport} ${route.local.sentBy};branch=${branch};rport`],
        ['Max-Forwards', '70'],
        ['From', `<${this.#aor}>;tag=${identity.fromTag}`],
        ['To', toTag == null ? `<${to}>` : `<${to}>;tag=${toTag}`],
        ['Call-ID', identity.callId],
        ['CSeq', `${identity.cseq} ${method}`],
        ...(credentials === null ? [] : [credentials]),
        ...headers,
        ['User-Agent', this.#userAgent],
      ],
      contentType,
      body,
    })
  }

  #onAnswer(asked: AskedRequest, answer: Answer): void {
    const status = answer.kind === 'answered' ? answer.response.statusCode : 0
    if (answer.kind === 'answered' && (status === 401 || status === 407) && this.#mayAnswer(asked, answer.response)) {
      this.#attempt({ ...asked, challenges: asked.challenges + 1, withCredentials: true })
    } else asked.user(answer)
  }

  /** The first challenge of a request is news; a second one means a wrong password, unless only the nonce was old. */
  #mayAnswer(asked: AskedRequest, response: SipMessage): boolean {
    if (asked.challenges >= challengesMax || !this.#credentials.learn(response)) return false
    return asked.challenges === 0 || this.#credentials.isStale
  }
}

interface AskedRequest {
  readonly request: OutgoingRequest
  readonly user: AnswerUser
  readonly challenges: number
  readonly withCredentials: boolean
}

interface AttemptOptions {
  readonly key: string
  readonly bytes: Buffer
  readonly flow: TransportFlow
  readonly timers: Timers
  readonly isDatagram: boolean
}

interface AttemptUser {
  /** Once, and as soon as it is known, though the transaction may linger for copies of it. */
  readonly onAnswer: AnswerUser
  readonly onTerminated: () => void
}

/** One transaction. */
class Attempt implements ClientTransactionUser {
  readonly transaction: ClientTransaction
  readonly #user: AttemptUser
  #isDone = false

  constructor({ key, bytes, flow, timers, isDatagram }: AttemptOptions, user: AttemptUser) {
    this.#user = user
    const shared = { key, isInvite: false, reliable: !isDatagram, request: bytes }
    this.transaction = new ClientTransaction({ ...shared, flow, timers, user: this })
  }

  onResponse(_: ClientTransaction, response: SipMessage): void {
    if (response.statusCode >= 200) this.#finish({ kind: 'answered', response })
  }

  onTimeout(): void {
    this.#finish({ kind: 'timeout' })
  }

  onTransportError(): void {
    this.#finish({ kind: 'lost' })
  }

  onTerminated(): void {
    this.#user.onTerminated()
    this.#finish({ kind: 'lost' })
  }

  #finish(answer: Answer): void {
    if (this.#isDone) return
    this.#isDone = true
    this.#user.onAnswer(answer)
  }
}
