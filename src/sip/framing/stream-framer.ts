/**
 * Cuts a byte stream into SIP messages (RFC 3261 §7.5, §18.3) and keep-alives (RFC 5626 §3.5.1), whatever the chunks.
 * What a message says is for `../message/parse.ts`; WebSocket frames (RFC 7118) need no framer.
 *
 * Theory of operation. Between messages, `idle` eats line ends. A message's head is scanned byte by byte as it comes
 * (`head-scan.ts`), then its Content-Length tells how many bytes of body are missing. When all of a message lies in the
 * chunk at hand, a view of the chunk is given out and nothing is copied; else its bytes gather in a buffer of its own,
 * which is given out when it is full. No byte is looked at twice for want of a later one, and memory follows what has
 * come, not what was announced.
 */
import { clientLimits, type MessageLimits } from '../message/limits.ts'
import { isTokenByte } from '../message/text.ts'
import { type FramingEvent, framingFaults } from './framing-faults.ts'
import { HeadScan, lengthAbsent } from './head-scan.ts'

export interface FramerSink {
  /** One message, start line to end of body. The receiver owns the bytes. */
  onMessage(bytes: Buffer): void
  /**
   * `crlf` at each first CRLF between messages (a pong, or an old keep-alive); `ping` when another follows at once.
   * So a pong is told without waiting for what comes after it, and a ping is told the same however it was split. Bytes
   * know no time: the second of two pongs in a row is told as `ping`, and means the same to whoever sent the pings.
   */
  onKeepAlive(kind: 'ping' | 'crlf'): void
  /** The stream cannot be read further; nothing more is delivered. `head`: what there is of the message at fault. */
  onFault(event: string, head: Buffer | null): void
}

type State = 'idle' | 'head' | 'body' | 'ended'

const carriageReturn = 0x0d
const lineFeed = 0x0a
/** A typical MESSAGE or response fits at once. */
const bufferBytesMin = 1024
const registerStart = Buffer.from('REGISTER ', 'latin1')

export class StreamFramer {
  readonly #sink: FramerSink
  #limits: MessageLimits
  readonly #head = new HeadScan()
  #state: State = 'idle'
  /** Whole size of the message whose head is complete. */
  #messageBytes = 0
  /** The bytes of the present message that came in earlier chunks. */
  #buffer: Buffer | null = null
  #buffered = 0
  /** Line ends since the last message, in bytes: the second of two makes a ping, and an odd byte is a CR. */
  #lineEndBytes = 0

  constructor(sink: FramerSink, limits: MessageLimits = clientLimits) {
    this.#sink = sink
    this.#limits = limits
  }

  get bufferedBytes(): number {
    return this.#buffered
  }

  get ended(): boolean {
    return this.#state === 'ended'
  }

  /** From the next message on, for a peer that has proved more than it could when it began. */
  admit(limits: MessageLimits): void {
    this.#limits = limits
  }

  /** Nothing more is delivered, not even of the chunk at hand: for a sink that has closed its flow. */
  end(): void {
    this.#state = 'ended'
    this.#release()
  }

  push(chunk: Buffer): void {
    let at = 0
    while (at < chunk.length && this.#state !== 'ended') {
      if (this.#state === 'idle') at = this.#takeLineEnds(chunk, at)
      else if (this.#state === 'head') at = this.#takeHead(chunk, at)
      else at = this.#takeBody(chunk, at)
    }
  }

  /** Each step returns how far it has read the chunk. */
  #takeLineEnds(chunk: Buffer, start: number): number {
    let at = start
    for (; at < chunk.length && this.#state === 'idle'; at++) {
      const afterReturn = (this.#lineEndBytes & 1) === 1
      const byte = chunk[at]!
      if (byte === carriageReturn && !afterReturn) this.#lineEndBytes++
      else if (byte === lineFeed && afterReturn) this.#noteLineEnd()
      else if (afterReturn || byte === lineFeed) this.#fail('framing.bad-line-end', null)
      else if (isTokenByte[byte] !== 1) this.#fail('framing.not-sip', null)
      else return this.#beginMessage(at)
    }
    return at
  }

  #noteLineEnd(): void {
    this.#lineEndBytes = (this.#lineEndBytes + 1) % 4
    this.#sink.onKeepAlive(this.#lineEndBytes === 0 ? 'ping' : 'crlf')
  }

  #beginMessage(at: number): number {
    this.#lineEndBytes = 0
    this.#head.reset()
    this.#state = 'head'
    return at
  }

  #takeHead(chunk: Buffer, start: number): number {
    const before = this.#head.headBytes
    const state = this.#head.scan(chunk, start, this.#limits.registerHeadBytesMax + 1)
    const end = start + this.#head.headBytes - before
    if (state === 'badLineEnd') return this.#failAt('framing.bad-line-end', chunk, start, end)
    if (this.#head.headBytes > this.#headBytesMax(chunk, start)) {
      return this.#failAt('framing.head-too-long', chunk, start, end)
    }
    if (state === 'unfinished') this.#keep(chunk, start, end, this.#limits.registerHeadBytesMax)
    else this.#finishHead(chunk, start, end)
    // A message in one piece is given out from its start, which only this step knows.
    return this.#state === 'body' && this.#buffer === null ? this.#takeWhole(chunk, start, end) : end
  }

  /** Only a REGISTER may have the larger head; which it is, the first bytes tell. */
  #headBytesMax(chunk: Buffer, start: number): number {
    const { headBytesMax, registerHeadBytesMax } = this.#limits
    if (this.#head.headBytes <= headBytesMax) return headBytesMax
    const first = this.#buffer === null ? chunk.subarray(start) : this.#buffer
    return first.subarray(0, registerStart.length).equals(registerStart) ? registerHeadBytesMax : headBytesMax
  }

  #finishHead(chunk: Buffer, start: number, end: number): void {
    const inOnePiece = this.#buffer === null
    if (!inOnePiece) this.#keep(chunk, start, end, this.#limits.registerHeadBytesMax)
    const length = inOnePiece ? this.#head.contentLength(chunk, start) : this.#head.contentLength(this.#buffer!, 0)
    const event = this.#judgeLength(length)
    if (event !== null) {
      this.#fail(event, inOnePiece ? chunk.subarray(start, end) : this.#buffer!.subarray(0, this.#buffered))
      return
    }
    this.#messageBytes = this.#head.headBytes + length
    this.#state = 'body'
    if (!inOnePiece && length === 0) this.#deliver()
  }

  #judgeLength(length: number): FramingEvent | null {
    if (length === lengthAbsent) return 'framing.no-content-length'
    if (length < 0) return 'framing.bad-content-length'
    return length > this.#limits.bodyBytesMax ? 'framing.body-too-long' : null
  }

  /** The head lies in the chunk from `start`; so may the body. */
  #takeWhole(chunk: Buffer, start: number, headEnd: number): number {
    const end = start + this.#messageBytes
    if (end <= chunk.length) {
      this.#state = 'idle'
      this.#sink.onMessage(start === 0 && end === chunk.length ? chunk : chunk.subarray(start, end))
      return end
    }
    this.#keep(chunk, start, headEnd, this.#messageBytes)
    return headEnd
  }

  #takeBody(chunk: Buffer, start: number): number {
    const end = Math.min(chunk.length, start + this.#messageBytes - this.#buffered)
    this.#keep(chunk, start, end, this.#messageBytes)
    if (this.#buffered === this.#messageBytes) this.#deliver()
    return end
  }

  /** The buffer goes with the message; the next one gets its own. */
  #deliver(): void {
    const message = this.#buffer!.subarray(0, this.#buffered)
    this.#release()
    this.#state = 'idle'
    this.#sink.onMessage(message)
  }

  /** Doubling keeps one-byte chunks linear; `bytesMax` is what the message can come to. */
  #keep(chunk: Buffer, start: number, end: number, bytesMax: number): void {
    const wanted = this.#buffered + end - start
    if (this.#buffer === null || this.#buffer.length < wanted) {
      const doubled = Math.max(bufferBytesMin, this.#buffered * 2)
      const larger = Buffer.allocUnsafeSlow(Math.max(wanted, Math.min(doubled, bytesMax)))
      if (this.#buffer !== null) this.#buffer.copy(larger, 0, 0, this.#buffered)
      this.#buffer = larger
    }
    chunk.copy(this.#buffer, this.#buffered, start, end)
    this.#buffered = wanted
  }

  #release(): void {
    this.#buffer = null
    this.#buffered = 0
  }

  #failAt(event: FramingEvent, chunk: Buffer, start: number, end: number): number {
    this.#keep(chunk, start, end, this.#limits.registerHeadBytesMax)
    this.#fail(event, this.#buffer!.subarray(0, this.#buffered))
    return end
  }

  #fail(event: FramingEvent, head: Buffer | null): void {
    this.end()
    this.#sink.onFault(framingFaults[event].event, head)
  }
}
