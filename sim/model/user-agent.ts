/**
 * The SIP half of a simulated device: requests with digest where the server asks for it, responses, transactions of
 * both sides, over one link. What the device wants, and what it answers, is `device.ts`.
 */
import { type DigestChallenge, parseChallenge } from '../../src/sip/digest/challenge.ts'
import { answerChallenge } from '../../src/sip/digest/client.ts'
import { encodeRequest, encodeResponse, type HeaderLines } from '../../src/sip/message/encode.ts'
import { HeaderId } from '../../src/sip/message/header-id.ts'
import { parseMessage } from '../../src/sip/message/parse.ts'
import type { SipMessage } from '../../src/sip/message/sip-message.ts'
import { ClientTransaction, type ClientTransactionUser } from '../../src/sip/transaction/client-transaction.ts'
import { clientKey, clientTransactionKey, serverTransactionKey } from '../../src/sip/transaction/match.ts'
import { ServerTransaction, type ServerTransactionUser } from '../../src/sip/transaction/server-transaction.ts'
import type { EventQueue } from '../world/event-queue.ts'
import { EventTimers } from '../world/event-timers.ts'
import type { Access, Link, LinkUser } from '../world/link.ts'
import type { Prng } from '../world/prng.ts'
import { SeededEntropy } from '../world/seeded-entropy.ts'

export interface AgentParts {
  readonly events: EventQueue
  readonly random: Prng
  readonly network: Access
}

export interface AgentIdentity {
  readonly aor: string
  readonly userName: string
  readonly address: string
  readonly isStream: boolean
  password(): string
}

/** One request of the user's, however many times it is sent because of challenges. */
export interface Ask {
  readonly method: string
  readonly requestUri: string
  readonly to: string
  /** Of the dialog that the request belongs to. */
  readonly toTag?: string
  readonly callId: string
  readonly fromTag: string
  readonly branchSeed: string
  readonly headers: HeaderLines
  readonly body: Uint8Array | null
  cseq: number
  /** Each time that it leaves with a CSeq of its own. */
  onSubmitted(): void
  /** Status 0: the link broke; 408: nothing came. */
  onFinal(status: number, response: SipMessage | null): void
}

export interface AgentUser {
  onRequest(request: SipMessage, respond: (status: number) => void): void
  onLinkLost(): void
}

interface Sent {
  readonly ask: Ask
  readonly transaction: ClientTransaction
}

const attemptsMax = 3

export class UserAgent implements LinkUser, ClientTransactionUser, ServerTransactionUser {
  readonly #parts: AgentParts
  readonly #who: AgentIdentity
  readonly #user: AgentUser
  readonly #entropy: SeededEntropy
  readonly #timers: EventTimers
  readonly #sent = new Map<string, Sent>()
  readonly #attempts = new WeakMap<Ask, number>()
  readonly #served = new Map<string, ServerTransaction>()
  #link: Link | null = null
  #challenges: readonly DigestChallenge[] = []
  #nonceCount = 0

  constructor(parts: AgentParts, who: AgentIdentity, user: AgentUser) {
    this.#parts = parts
    this.#who = who
    this.#user = user
    this.#entropy = new SeededEntropy(parts.random)
    this.#timers = new EventTimers(parts.events)
  }

  get isLinked(): boolean {
    return this.#link !== null
  }

  /** Names the stream that requests leave by now; null over UDP. */
  get stream(): object | null {
    return this.#link?.isStream ? this.#link : null
  }

  word(count: number): string {
    return this.#entropy.word(count)
  }

  link(): boolean {
    const { network } = this.#parts
    const { address, isStream } = this.#who
    this.#link = isStream ? network.connect(address, this) : network.listen(address, this)
    if (isStream) this.#challenges = []
    return this.#link !== null
  }

  unlink(how: 'clean' | 'gone'): void {
    this.#link?.close(how)
    this.#dropLink()
  }

  ask(ask: Ask): void {
    if (!this.#link) {
      this.#parts.events.after(0, () => ask.onFinal(0, null))
      return
    }
    const { aor, address, isStream } = this.#who
    const branch = `z9hG4bK${ask.branchSeed}.${ask.cseq}`
    const key = clientKey(branch, ask.method)
    const request = encodeRequest({
      method: ask.method,
      requestUri: ask.requestUri,
      headers: [
        ['Via', `SIP/2.0/${isStream ? 'TCP' : 'UDP'} ${address}:5060;branch=${branch};rport`],
        ['Max-Forwards', '70'],
        ['From', `<${aor}>;tag=${ask.fromTag}`],
        ['To', `<${ask.to}>${ask.toTag === undefined ? '' : `;tag=${ask.toTag}`}`],
        ['Call-ID', ask.callId],
        ['CSeq', `${ask.cseq} ${ask.method}`],
        ...this.#authorization(ask),
        ...ask.headers,
      ],
      body: ask.body ?? undefined,
    })
    const flow = { send: (bytes: Uint8Array) => this.#link?.send(bytes) }
    const timers = this.#timers
    const transaction = new ClientTransaction({
      key,
      isInvite: false,
      reliable: isStream,
      request,
      flow,
      timers,
      user: this,
    })
    this.#sent.set(key, { ask, transaction })
    ask.onSubmitted()
    transaction.start()
  }

  onBytes(bytes: Buffer): void {
    const { message } = parseMessage(bytes)
    if (!message) return
    if (!message.isRequest) this.#sent.get(clientTransactionKey(message))?.transaction.receive(message)
    else this.#onRequest(message)
  }

  onClosed(): void {
    this.#dropLink()
    this.#user.onLinkLost()
  }

  onResponse(transaction: ClientTransaction, response: SipMessage): void {
    if (response.statusCode < 200) return
    const sent = this.#sent.get(transaction.key)
    if (!sent) return
    if ((response.statusCode === 401 || response.statusCode === 407) && this.#answer(sent.ask, response)) return
    sent.ask.onFinal(response.statusCode, response)
  }

  onTimeout(transaction: unknown): void {
    if (transaction instanceof ClientTransaction) this.#sent.get(transaction.key)?.ask.onFinal(408, null)
  }

  onTransportError(transaction: ClientTransaction): void {
    this.#sent.get(transaction.key)?.ask.onFinal(0, null)
  }

  onTerminated(transaction: ClientTransaction | ServerTransaction): void {
    if (transaction instanceof ClientTransaction) this.#sent.delete(transaction.key)
    else this.#served.delete(transaction.key)
  }

  #onRequest(request: SipMessage): void {
    const key = serverTransactionKey(request)
    const existing = this.#served.get(key)
    if (existing) return existing.retransmit()
    const flow = { send: (bytes: Uint8Array) => this.#link?.send(bytes) }
    const reliable = this.#who.isStream
    const transaction = new ServerTransaction({ key, request, reliable, flow, timers: this.#timers, user: this })
    this.#served.set(key, transaction)
    const toTag = this.word(4)
    this.#user.onRequest(request, (status) => transaction.respond(status, encodeResponse(request, status, { toTag })))
  }

  #answer(ask: Ask, response: SipMessage): boolean {
    const attempts = (this.#attempts.get(ask) ?? 1) + 1
    this.#attempts.set(ask, attempts)
    const id = response.statusCode === 401 ? HeaderId.wwwAuthenticate : HeaderId.proxyAuthenticate
    const challenges = response.all(id).map(parseChallenge)
    this.#challenges = challenges.filter((challenge) => challenge !== null)
    this.#nonceCount = 0
    if (attempts > attemptsMax || this.#challenges.length === 0) return false
    ask.cseq++
    this.ask(ask)
    return true
  }

  #authorization(ask: Ask): HeaderLines {
    if (this.#challenges.length === 0) return []
    const value = answerChallenge(this.#challenges, {
      username: this.#who.userName,
      password: this.#who.password(),
      method: ask.method,
      uri: ask.requestUri,
      body: ask.body,
      nc: ++this.#nonceCount,
      cnonce: this.word(4),
    })
    return value === null ? [] : [['Authorization', value]]
  }

  #dropLink(): void {
    this.#link = null
    for (const { transaction } of [...this.#sent.values()]) transaction.transportError()
    this.#sent.clear()
    if (this.#who.isStream) this.#served.clear()
  }
}
