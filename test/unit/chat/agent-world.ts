/**
 * A user agent in a world of its own: virtual time, counted randomness, and flows whose other end is the test, which
 * reads what the agent sends and answers it.
 */
import { Buffer } from 'node:buffer'
import type {
  AgentEvent,
  AgentFlowSink,
  AgentListener,
  AgentSettings,
  ConnectFailure,
  MessageOutcome,
} from '../../../src/chat/index.ts'
import { personalBackOff, UserAgent } from '../../../src/chat/index.ts'
import type { Entropy } from '../../../src/ports/entropy.ts'
import type { TransportFlow, TransportName } from '../../../src/ports/flows.ts'
import { type Aor, encodeRequest, encodeResponse, parseMessage, type SipMessage } from '../../../src/sip/index.ts'
import { VirtualTime } from '../../support/virtual-time.ts'

export const alice = 'sip:alice@example.test' as Aor
export const bob = 'sip:bob@example.test' as Aor
export const instanceId = 'urn:uuid:00000000-0000-4000-8000-000000000001'
export const systemNowMs = Date.parse('2026-03-01T12:00:00Z')

export class FakeFlow implements TransportFlow {
  readonly transport: TransportName
  readonly remoteAddress = '192.0.2.1'
  readonly remotePort = 5061
  readonly localAddress = '192.0.2.9'
  readonly localPort = 40_000
  readonly bufferedBytes = 0
  /** What the agent sent and nobody has read yet. */
  readonly sent: SipMessage[] = []
  closedFor: string | null = null

  constructor(transport: TransportName) {
    this.transport = transport
  }

  send(bytes: Uint8Array): void {
    const { message, fault } = parseMessage(Buffer.from(bytes))
    if (message === null || (fault !== null && message.isRequest))
      throw new Error(`the agent sent what does not parse: ${fault?.event}`)
    this.sent.push(message)
  }

  close(reason: string): void {
    this.closedFor = reason
  }
}

/** Never the same word twice, and the same words in each run. */
class CountedEntropy implements Entropy {
  #count = 0

  bytes(count: number): Buffer {
    return Buffer.alloc(count)
  }

  word(count: number): string {
    this.#count++
    return this.#count.toString(16).padStart(2 * count, '0')
  }
}

export class AgentWorld {
  readonly time = new VirtualTime()
  readonly events: AgentEvent[] = []
  /** Hears the same. */
  owner: AgentListener | null = null
  readonly agent: UserAgent
  readonly transport: TransportName
  connectsCount = 0
  pingsCount = 0
  flow: FakeFlow
  #sink: AgentFlowSink | null = null
  #nextRemote = 0

  constructor(settings: Partial<AgentSettings> = {}, transport: TransportName = 'tls') {
    this.transport = transport
    this.flow = new FakeFlow(transport)
    const clock = {
      monotonicMs: () => this.time.monotonicMs(),
      wallMs: () => systemNowMs + this.time.monotonicMs(),
      systemMs: () => systemNowMs + this.time.monotonicMs(),
    }
    const connector = {
      connect: (sink: AgentFlowSink) => {
        this.#sink = sink
        this.connectsCount++
      },
      ping: () => void this.pingsCount++,
    }
    const ports = { clock, timers: this.time.timers, entropy: new CountedEntropy(), connector }
    const onAgentEvent = (event: AgentEvent) => {
      this.events.push(event)
      this.owner?.onAgentEvent(event)
    }
    this.agent = new UserAgent({ ...standardSettings, ...settings }, ports, { onAgentEvent })
  }

  get nowMs(): number {
    return this.time.monotonicMs()
  }

  pass(ms: number): void {
    this.time.advanceTo(this.nowMs + ms)
  }

  /** The same with a server that answers pings and REGISTERs. */
  live(ms: number): void {
    const untilMs = this.nowMs + ms
    while (this.nowMs < untilMs) {
      this.pass(Math.min(5_000, untilMs - this.nowMs))
      this.pong()
      const { sent } = this.flow
      const registers = sent.filter(({ method }) => method === 'REGISTER')
      sent.splice(0, sent.length, ...sent.filter((each) => !registers.includes(each)))
      for (const each of registers) this.answer(each, 200, [['Contact', each.named('Contact') ?? '']])
    }
  }

  /** The connection that the agent has asked for comes about. */
  connect(): void {
    this.flow = new FakeFlow(this.transport)
    this.#sink!.onFlowOpened(this.flow)
  }

  refuseConnection(failure: ConnectFailure): void {
    this.#sink!.onConnectFailed(failure)
  }

  breakFlow(): void {
    this.#sink!.onFlowClosed(this.flow, 'test')
  }

  pong(): void {
    this.#sink!.onPong()
  }

  /** Starts and registers, without a challenge. */
  signIn(headers: readonly (readonly [string, string])[] = []): this {
    this.agent.start()
    this.connect()
    this.answerRegister(headers)
    return this
  }

  answerRegister(headers: readonly (readonly [string, string])[] = []): void {
    const request = this.take('REGISTER')
    this.answer(request, 200, [['Contact', request.named('Contact') ?? ''], ...headers])
  }

  /** The oldest request or response of the agent that was not looked at; of this method, when it is named. */
  take(method: string | null = null): SipMessage {
    const message = this.flow.sent.shift()
    if (!message) throw new Error('the agent has sent nothing more')
    if (method !== null && message.method !== method) throw new Error(`a ${message.method || message.statusCode}`)
    return message
  }

  answer(request: SipMessage, status: number, headers: readonly (readonly [string, string])[] = []): void {
    this.#arrive(encodeResponse(request, status, { toTag: 'server', headers }))
  }

  /** A request to the agent; gives back its answer. */
  ask(method: string, request: Partial<RemoteRequest> = {}): SipMessage {
    this.#arrive(this.remoteRequest(method, request))
    return this.take()
  }

  remoteRequest(method: string, request: Partial<RemoteRequest> = {}): Buffer {
    const number = ++this.#nextRemote
    const {
      from = bob,
      callId = `call-${number}`,
      fromTag = 'remote',
      toTag,
      cseq = 1,
      headers = [],
      body = '',
      contentType,
    } = request
    return encodeRequest({
      method,
      requestUri: 'sip:alice@192.0.2.9:40000',
      headers: [
        ['Via', `SIP/2.0/TLS 192.0.2.1:5061;branch=z9hG4bK${request.branch ?? `remote${number}`}`],
        ['Max-Forwards', '70'],
        ['From', `<${from}>;tag=${fromTag}`],
        ['To', `<${alice}>${toTag === undefined ? '' : `;tag=${toTag}`}`],
        ['Call-ID', callId],
        ['CSeq', `${cseq} ${method}`],
        ...headers,
      ],
      contentType,
      body: Buffer.isBuffer(body) ? body : Buffer.from(body),
    })
  }

  arrive(bytes: Buffer): void {
    this.#arrive(bytes)
  }

  eventsOf<K extends AgentEvent['kind']>(kind: K): (AgentEvent & { readonly kind: K })[] {
    return this.events.filter((event): event is AgentEvent & { readonly kind: K } => event.kind === kind)
  }

  outcomes(): MessageOutcome[] {
    return this.eventsOf('outcome').map(({ outcome }) => outcome)
  }

  #arrive(bytes: Buffer): void {
    this.#sink!.onFlowMessage(this.flow, bytes)
  }
}

export interface RemoteRequest {
  readonly from: Aor
  readonly callId: string
  readonly branch: string
  readonly fromTag: string
  readonly toTag: string
  readonly cseq: number
  readonly headers: readonly (readonly [string, string])[]
  readonly contentType: string
  readonly body: string | Buffer
}

const standardSettings: AgentSettings = {
  aor: alice,
  password: 'secret',
  instanceId,
  regId: 1,
  expiresSeconds: 3600,
  userAgent: 'test',
  backOff: personalBackOff,
  seen: [],
}
