/**
 * The client side of transactions for all devices of a thread (RFC 3261 §17.1): requests that wait for their answer,
 * retransmissions over UDP, the timeout of 32 s, challenges answered. Lean: one small object for each request that is
 * under way, and nothing afterwards.
 */
import type { OperationId } from '../measure/run-record.ts'
import type { Line, Recorder } from './outside.ts'
import { encodeRequest, HeaderId, type HeaderLines, type SipMessage, t1Ms, t2Ms, transactionTimeoutMs } from './sip.ts'

/** One request of a device, however often it is sent because of challenges. */
export interface Request {
  readonly method: string
  readonly requestUri: string
  readonly from: string
  readonly fromTag: string
  readonly to: string
  readonly toTag: string | null
  readonly callId: string
  readonly route: string | null
  readonly headers: HeaderLines
  readonly contentType?: string
  readonly body: Buffer | null
  readonly operation: OperationId
  /** When it should have been sent. */
  readonly dueUs: number
  /** With the final answer; 0: the line was lost, 408: nothing came for 32 s. `sentUs`: when it first left. */
  onFinal(status: number, response: SipMessage | null, sentUs: number): void
}

/** How the sender proves who it is. */
export interface Proof {
  header(method: string, uri: string, body: Uint8Array | null): HeaderLines
  /** False where none of the challenges can be answered. */
  challenged(values: readonly string[], isProxy: boolean): boolean
}

/** Who sends: the device. */
export interface Sender {
  readonly line: Line | null
  readonly credentials: Proof
  nextCseq(): number
}

interface Pending {
  readonly request: Request
  readonly sender: Sender
  readonly line: Line
  readonly bytes: Buffer
  readonly cseq: number
  readonly branch: string
  readonly firstSentUs: number
  readonly attempts: number
  readonly timeoutAtUs: number
  /** 0: no more retransmissions. */
  retransmitAtUs: number
  gapMs: number
}

const attemptsMax = 3

export interface RequestsOptions {
  readonly runId: string
  readonly viaTransport: string
  readonly isReliable: boolean
  readonly recorder: Recorder
  nowUs(): number
}

export class Requests {
  readonly #options: RequestsOptions
  readonly #pending = new Map<number, Pending>()
  #last = 0
  #lookAtUs = 0

  constructor(options: RequestsOptions) {
    this.#options = options
  }

  get size(): number {
    return this.#pending.size
  }

  /** When timeouts are looked at next, µs. */
  get nextUs(): number {
    return this.#pending.size === 0 ? Number.POSITIVE_INFINITY : this.#lookAtUs
  }

  /** Sends it now. Where there is no line, `onFinal(0)` is called at once. */
  send(sender: Sender, request: Request): void {
    this.#submit(sender, request, { attempts: 1, firstSentUs: this.#options.nowUs() })
  }

  /** The ACK of a 2xx, which has no answer (RFC 3261 §13.2.2.4); `cseq` is the INVITE's. */
  acknowledge({ line }: Sender, request: Omit<Request, 'onFinal'>, cseq: number): void {
    if (!line) return
    const branch = `z9hG4bK${this.#options.runId}.${(++this.#last).toString(36)}`
    const bytes = this.#encode(request, line, { branch, cseq, method: 'ACK', proof: [] })
    this.#options.recorder.sent(request.operation, bytes.length, false)
    line.send(bytes)
  }

  onResponse(response: SipMessage): void {
    const number = this.#numberOf(response.topVia?.branch)
    const pending = this.#pending.get(number)
    if (!pending) return
    const { request } = pending
    this.#options.recorder.received(request.operation, response.bytes.length, false)
    const status = response.statusCode
    if (status < 200) {
      if (request.method === 'INVITE') pending.retransmitAtUs = 0
      else pending.gapMs = t2Ms
      return
    }
    this.#pending.delete(number)
    if (request.method === 'INVITE' && status >= 300) this.#acknowledge(pending, response)
    if ((status === 401 || status === 407) && this.#answer(pending, response)) return
    request.onFinal(status, response, pending.firstSentUs)
  }

  /** The line is gone, and all that waits on it. */
  lineLost(line: Line): void {
    for (const [number, pending] of [...this.#pending]) {
      if (pending.line !== line) continue
      this.#pending.delete(number)
      pending.request.onFinal(0, null, pending.firstSentUs)
    }
  }

  /** Retransmissions and timeouts; looks ten times a second over UDP, once a second else. */
  advance(nowUs: number): void {
    if (nowUs < this.#lookAtUs) return
    this.#lookAtUs = nowUs + (this.#options.isReliable ? 1_000_000 : 100_000)
    for (const [number, pending] of this.#pending) {
      if (pending.timeoutAtUs <= nowUs) {
        this.#pending.delete(number)
        pending.request.onFinal(408, null, pending.firstSentUs)
      } else if (pending.retransmitAtUs > 0 && pending.retransmitAtUs <= nowUs) this.#retransmit(pending, nowUs)
    }
  }

  #submit(
    sender: Sender,
    request: Request,
    { attempts, firstSentUs }: Pick<Pending, 'attempts' | 'firstSentUs'>,
  ): void {
    const { line, credentials } = sender
    if (!line) return request.onFinal(0, null, firstSentUs)
    const { runId, isReliable, recorder } = this.#options
    const number = ++this.#last
    const branch = `z9hG4bK${runId}.${number.toString(36)}`
    const cseq = sender.nextCseq()
    const proof = credentials.header(request.method, request.requestUri, request.body)
    const bytes = this.#encode(request, line, { branch, cseq, method: request.method, proof })
    const nowUs = this.#options.nowUs()
    this.#pending.set(number, {
      request,
      sender,
      line,
      bytes,
      cseq,
      branch,
      firstSentUs,
      attempts,
      timeoutAtUs: nowUs + transactionTimeoutMs * 1000,
      retransmitAtUs: isReliable ? 0 : nowUs + t1Ms * 1000,
      gapMs: t1Ms,
    })
    // A session is one piece of work, from INVITE to BYE.
    recorder.sent(request.operation, bytes.length, request.method !== 'BYE')
    line.send(bytes)
  }

  #encode(
    request: Omit<Request, 'onFinal'>,
    line: Line,
    parts: { branch: string; cseq: number; method: string; proof: HeaderLines },
  ): Buffer {
    const { branch, cseq, method, proof } = parts
    const { from, fromTag, to, toTag, callId, route, headers, body, contentType } = request
    const sentBy = `${line.localAddress}:${line.localPort}`
    return encodeRequest({
      method,
      requestUri: request.requestUri,
      headers: [
        ['Via', `SIP/2.0/${this.#options.viaTransport} ${sentBy};branch=${branch};rport`],
        ['Max-Forwards', '70'],
        ['From', `<${from}>;tag=${fromTag}`],
        ['To', toTag === null ? `<${to}>` : `<${to}>;tag=${toTag}`],
        ['Call-ID', callId],
        ['CSeq', `${cseq} ${method}`],
        ...(route === null ? [] : [['Route', route] as const]),
        ...proof,
        ...headers,
      ],
      body: body ?? undefined,
      contentType,
    })
  }

  /** RFC 3261 §17.1.1.3: the ACK of a refusal belongs to the INVITE's transaction. */
  #acknowledge(pending: Pending, response: SipMessage): void {
    const { request, line, branch, cseq } = pending
    const refused = { ...request, toTag: response.to?.tag ?? request.toTag, headers: [], body: null }
    const bytes = this.#encode(refused, line, { branch, cseq, method: 'ACK', proof: [] })
    this.#options.recorder.sent(request.operation, bytes.length, false)
    line.send(bytes)
  }

  #answer(pending: Pending, response: SipMessage): boolean {
    const { sender, request, attempts, firstSentUs } = pending
    const isProxy = response.statusCode === 407
    const challenges = response.all(isProxy ? HeaderId.proxyAuthenticate : HeaderId.wwwAuthenticate)
    if (!sender.credentials.challenged(challenges, isProxy) || attempts >= attemptsMax) return false
    this.#submit(sender, request, { attempts: attempts + 1, firstSentUs })
    return true
  }

  #retransmit(pending: Pending, nowUs: number): void {
    const isInvite = pending.request.method === 'INVITE'
    pending.gapMs = isInvite ? pending.gapMs * 2 : Math.min(pending.gapMs * 2, t2Ms)
    pending.retransmitAtUs = nowUs + pending.gapMs * 1000
    this.#options.recorder.sent(pending.request.operation, pending.bytes.length, false)
    this.#options.recorder.count('retransmitted')
    pending.line.send(pending.bytes)
  }

  /** -1 for an answer that is none of ours. */
  #numberOf(branch: string | null | undefined): number {
    const start = `z9hG4bK${this.#options.runId}.`
    if (!branch?.startsWith(start)) return -1
    return Number.parseInt(branch.slice(start.length), 36)
  }
}
