/**
 * One link connection, pure: the first exchange, batches and their confirmations, keep-alives and deadlines. Told what
 * comes over its flow and when time has passed; tells its owner what it means. Whom to trust, and what waits to be
 * sent, is the owner's (`pool.ts`, `peer-links.ts`).
 *
 *     greeting ──── hello of the peer read and believed ────► up ────► closed
 *        └──────────────── deadline, refusal, fault ───────────────────►┘
 */
import type { LinkFlow, LinkFlowSink } from '../../ports/link-flow.ts'
import type { SipMessage } from '../../sip/message/sip-message.ts'
import { type OverloadFeedback, readFeedback } from '../overload/feedback.ts'
import { type AddressedMessage, decodeBatch } from './batch-codec.ts'
import {
  BatchHead,
  batchMethod,
  batchNumberMax,
  encodeBatchRefusal,
  encodeConfirmation,
  parseLinkMessage,
} from './batch-message.ts'
import { BadBatch } from './byte-reader.ts'
import { LinkEvent } from './events.ts'
import type { Hello } from './hello.ts'
import {
  bufferedBytesMax,
  confirmDeadlineMs,
  helloDeadlineMs,
  pingEveryMs,
  pongDeadlineMs,
  silenceMs,
  unconfirmedMax,
} from './limits.ts'
import { protocolMinor } from './message-shapes.ts'

/** Messages as bytes, and the facts among them as they were: if the batch does not arrive, these wait again. */
export interface Batch {
  readonly frames: readonly Buffer[]
  readonly bodyBytes: number
  readonly messagesCount: number
  readonly facts: readonly AddressedMessage[]
}

export interface ConnectionOwner {
  /** The answer to our hello; null where it was none. The owner says `welcome` or `close`. */
  onHelloAnswer(connection: LinkConnection, answer: SipMessage): void
  onMessages(
    connection: LinkConnection,
    messages: readonly AddressedMessage[],
    bytes: number,
    unknownCount: number,
  ): void
  /** `roundTripMs` from the sending of the batch on. */
  onConfirmed(connection: LinkConnection, batch: Batch, roundTripMs: number): void
  /** How much of what it has the peer shall keep (RFC 7339); null: nothing is said of it. */
  feedback(): OverloadFeedback | null
  onFeedback(feedback: OverloadFeedback): void
  /** The peer could not read the batch, which is therefore not sent again; the connection is closed next. */
  onBatchRefused(connection: LinkConnection, batch: Batch, reason: string): void
  /** Once. `unconfirmed`: what may or may not have arrived, in its order. */
  onConnectionClosed(connection: LinkConnection, reason: string, unconfirmed: readonly Batch[]): void
}

interface SentBatch {
  readonly batch: Batch
  readonly number: number
  readonly sentMs: number
}

export interface ConnectionPlace {
  readonly own: string
  readonly peer: string
  /** Random; Call-ID of everything that this end sends. */
  readonly connectionId: string
  /** This end has connected. */
  readonly isOutgoing: boolean
}

export class LinkConnection implements LinkFlowSink {
  readonly place: ConnectionPlace
  /** Of the peer; null while greeting. */
  hello: Hello | null = null
  upSinceMs = 0
  /** What was wrong, beside the reason of the end. */
  fault: string | null = null
  readonly #owner: ConnectionOwner
  readonly #now: () => number
  readonly #head: BatchHead
  readonly #openedMs: number
  #flow: LinkFlow | null = null
  #isClosed = false
  #closeReason: string | null = null
  #unconfirmed: SentBatch[] = []
  #number = 1
  #heardMs: number
  #pingedMs: number

  /** `now`: milliseconds that do not run while this process stands still. */
  constructor(place: ConnectionPlace, owner: ConnectionOwner, now: () => number) {
    this.place = place
    this.#owner = owner
    this.#now = now
    this.#head = new BatchHead(place.own, place.peer, place.connectionId)
    this.#openedMs = this.#heardMs = this.#pingedMs = now()
  }

  get flow(): LinkFlow | null {
    return this.#flow
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  get isUp(): boolean {
    return this.hello !== null && !this.#isClosed
  }

  /** Whether a further batch may go out now. */
  get hasRoom(): boolean {
    return this.isUp && this.#unconfirmed.length < unconfirmedMax
  }

  get unconfirmedCount(): number {
    return this.#unconfirmed.length
  }

  /** The flow is there; what is to be said first is the owner's. */
  attach(flow: LinkFlow): void {
    this.#flow = flow
    this.#heardMs = this.#pingedMs = this.#now()
  }

  /** The peer is who it says it is. */
  welcome(hello: Hello): void {
    this.hello = hello
    this.upSinceMs = this.#now()
  }

  send(bytes: Uint8Array): void {
    this.#flow?.send(bytes)
  }

  sendBatch(batch: Batch): void {
    const number = this.#number === batchNumberMax ? 2 : this.#number + 1
    this.#number = number
    this.#unconfirmed.push({ batch, number, sentMs: this.#now() })
    this.#flow?.send(this.#head.encode(number, batch.frames, batch.bodyBytes))
  }

  /** Ends it when this turn's writes are out. */
  close(reason: string): void {
    this.#closeReason ??= reason
    if (this.#flow) this.#flow.close(reason)
    this.#end(reason)
  }

  /** Ends it at once. */
  cut(reason: string): void {
    this.#closeReason ??= reason
    if (this.#flow) this.#flow.cut(reason)
    this.#end(reason)
  }

  onLinkKeepAlive(): void {
    this.#heardMs = this.#now()
  }

  onLinkMessage(bytes: Buffer): void {
    if (this.#isClosed) return
    this.#heardMs = this.#now()
    const message = parseLinkMessage(bytes)
    if (message === null) this.close(LinkEvent.badMessage)
    else if (!message.isRequest) this.#onResponse(message)
    else if (message.method === batchMethod && this.isUp) this.#onBatch(message)
    else this.close(LinkEvent.badMessage)
  }

  onLinkClosed(reason: string): void {
    this.#end(this.#closeReason ?? reason)
  }

  /** Looks at the deadlines. */
  sweep(): void {
    if (this.#isClosed) return
    const now = this.#now()
    if (!this.isUp) {
      if (now - this.#openedMs > helloDeadlineMs) this.cut(LinkEvent.noHello)
      return
    }
    const oldest = this.#unconfirmed[0]
    if (oldest && now - oldest.sentMs > confirmDeadlineMs) this.cut(LinkEvent.noConfirmation)
    else if ((this.#flow?.bufferedBytes ?? 0) > bufferedBytesMax) this.cut(LinkEvent.noConfirmation)
    else if (this.place.isOutgoing) this.#keepAlive(now)
    else if (now - this.#heardMs > silenceMs) this.cut(LinkEvent.silent)
  }

  /** Only the end that has connected pings: two pongs in a row would look like a ping to an end that does both. */
  #keepAlive(now: number): void {
    const isAwaited = this.#pingedMs > this.#heardMs
    if (isAwaited && now - this.#pingedMs > pongDeadlineMs) this.cut(LinkEvent.noPong)
    else if (!isAwaited && now - Math.max(this.#heardMs, this.#pingedMs) > pingEveryMs) this.#ping(now)
  }

  #ping(now: number): void {
    this.#pingedMs = now
    this.#flow?.ping()
  }

  #onResponse(response: SipMessage): void {
    if (!this.isUp) return this.#owner.onHelloAnswer(this, response)
    const [first] = this.#unconfirmed
    if (!first || response.cseq?.number !== first.number || response.cseq.method !== batchMethod) {
      return this.close(LinkEvent.badMessage)
    }
    this.#unconfirmed.shift()
    const feedback = readFeedback(response.topVia)
    if (feedback) this.#owner.onFeedback(feedback)
    if (response.statusCode === 200) return this.#owner.onConfirmed(this, first.batch, this.#now() - first.sentMs)
    this.fault = response.reasonPhrase
    this.#owner.onBatchRefused(this, first.batch, response.reasonPhrase)
    this.close(LinkEvent.batchRefused)
  }

  #onBatch(request: SipMessage): void {
    const { body } = request
    const decoded = this.#decode(request, body)
    if (decoded === null) return
    this.#owner.onMessages(this, decoded.messages, body.length, decoded.unknownCount)
    this.#flow?.send(encodeConfirmation(request, this.#owner.feedback()))
  }

  #decode(request: SipMessage, body: Buffer): ReturnType<typeof decodeBatch> | null {
    try {
      return decodeBatch(body, (this.hello?.protocol.minor ?? 0) > protocolMinor)
    } catch (error) {
      if (!(error instanceof BadBatch)) throw error
      this.fault = error.message
      this.#flow?.send(encodeBatchRefusal(request, error.message))
      this.close(LinkEvent.badBatch)
      return null
    }
  }

  #end(reason: string): void {
    if (this.#isClosed) return
    this.#isClosed = true
    const unconfirmed = this.#unconfirmed.map(({ batch }) => batch)
    this.#unconfirmed = []
    this.#owner.onConnectionClosed(this, reason, unconfirmed)
  }
}
