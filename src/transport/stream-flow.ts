/**
 * A flow over a stream socket, TCP or TLS (RFC 3261 §18.3): frames what comes, joins what goes, keeps its deadlines.
 * Cutting messages out of the stream is `src/sip/framing/`; admission and the clock of the sweeps are the registry's.
 */
import type { Socket } from 'node:net'
import type { TransportName } from '../ports/flows.ts'
import type { LinkEvidence, LinkFlowSink } from '../ports/link-flow.ts'
import { type FramerSink, StreamFramer } from '../sip/framing/stream-framer.ts'
import { clientLimits, type MessageLimits, tlsClientLimits } from '../sip/message/limits.ts'
import { Deadlines } from './deadlines.ts'
import { TransportEvent } from './events.ts'
import type { FlowRegistry, RegisteredFlow } from './flow-registry.ts'
import { flushList } from './flush-list.ts'
import { pingsPerSweepMax, type TransportLimits } from './limits.ts'

/** The answer to a CRLFCRLF ping (RFC 5626 §4.4.1). */
const pong = Buffer.from('\r\n')

/**
 * Bytes of one turn that are handed on at once, so that a long answer does not wait for the turn's end in our memory.
 */
const joinedBytesMax = 256 * 1024

/** What a TLS flow knows about its peer; null on TCP. */
export interface FlowSecurity {
  /** 'TLSv1.2' or 'TLSv1.3'. */
  readonly protocol: string
  /** The domain that the peer asked for (SNI), or null. */
  readonly serverName: string | null
  /** A resumed session skipped the check of certificates. */
  readonly isResumed: boolean
  /** The protocol that both have agreed on (ALPN, RFC 7301), or null. */
  readonly applicationProtocol: string | null
  readonly peerCertificate: PeerCertificate | null
  /**
   * Of links and of clients that were asked, DER: the peer's certificate and those above it, as far as the handshake
   * knows them.
   */
  readonly peerChain: readonly Buffer[]
}

export interface PeerCertificate {
  readonly der: Buffer
  /** SHA-256 over the DER, hexadecimal, lower case, without colons. */
  readonly fingerprint: string
  /** Whether it chains to the CA that the listener was given. */
  readonly isTrusted: boolean
  /** Why not, in OpenSSL's words; null when trusted. */
  readonly distrust: string | null
}

export interface StreamFlowOptions {
  readonly transport: TransportName
  readonly socket: Socket
  readonly registry: FlowRegistry
  readonly security?: FlowSecurity | null
  /** The client side hears the pongs to its pings: it asks, and so answers nobody. */
  readonly onPong?: (() => void) | undefined
}

/** `ending`: takes no more messages, and ends when this turn's writes are out. `ended`: waits for the peer to close. */
type State = 'open' | 'ending' | 'ended'

export class StreamFlow implements RegisteredFlow, FramerSink {
  readonly transport: TransportName
  readonly remoteAddress: string
  readonly remotePort: number
  readonly localAddress: string
  readonly localPort: number
  readonly security: FlowSecurity | null
  chargedBytes = 0
  readonly #socket: Socket
  readonly #registry: FlowRegistry
  readonly #framer: StreamFramer
  readonly #onPong: (() => void) | undefined
  #limits: TransportLimits
  /** Set where the peer is another server: it hears what the registry's sink would hear. */
  #link: LinkFlowSink | null = null
  #state: State = 'open'
  #reason: string | null = null
  #pending: Uint8Array[] = []
  #pendingBytes = 0
  #isQueued = false
  readonly #deadlines: Deadlines
  #sentBytes = 0
  #pings = 0
  #pingsSinceSweep = 0
  #endedAtMs = 0

  constructor(options: StreamFlowOptions) {
    const { socket, registry } = options
    this.transport = options.transport
    this.remoteAddress = socket.remoteAddress ?? ''
    this.remotePort = socket.remotePort ?? 0
    this.localAddress = socket.localAddress ?? ''
    this.localPort = socket.localPort ?? 0
    this.security = options.security ?? null
    this.#socket = socket
    this.#registry = registry
    this.#framer = new StreamFramer(this, options.transport === 'tls' ? tlsClientLimits : clientLimits)
    this.#onPong = options.onPong
    this.#limits = registry.limits
    this.#deadlines = new Deadlines(registry.nowMs)
  }

  /** Registers the flow, then listens: the sink hears of the flow before it hears from it. */
  open(): this {
    this.#socket.on('error', (error: NodeJS.ErrnoException) => this.#onError(error))
    this.#socket.on('close', () => this.#onClose())
    this.#registry.opened(this)
    this.#socket.on('data', (chunk: Buffer) => this.#onData(chunk))
    this.#socket.on('end', () => this.close(TransportEvent.peerClosed))
    this.#socket.on('drain', () => this.#charge())
    return this
  }

  /** From now on this is a link: whoever took it for one hears all that follows, the end too. */
  divert(link: LinkFlowSink, limits: { readonly messages: MessageLimits; readonly bufferedBytesMax: number }): void {
    this.#link = link
    this.#limits = { ...this.#limits, bufferedBytesMax: limits.bufferedBytesMax }
    this.#framer.admit(limits.messages)
  }

  /** Null where the peer has shown no certificate, or none was asked for. */
  get evidence(): LinkEvidence | null {
    const { security } = this
    if (security === null || security.peerChain.length === 0) return null
    const { peerChain: chain, isResumed, peerCertificate } = security
    return { chain, isResumed, distrust: peerCertificate?.distrust ?? null }
  }

  get peerCertificate(): PeerCertificate | null {
    return this.security?.peerCertificate ?? null
  }

  get bufferedBytes(): number {
    return this.#pendingBytes + this.#socket.writableLength
  }

  /** Borrows `bytes` until the end of the turn: the caller does not change them after. */
  send(bytes: Uint8Array): void {
    if (this.#state === 'ended') return
    this.#pending.push(bytes)
    this.#pendingBytes += bytes.length
    if (this.#pendingBytes >= joinedBytesMax) this.#write()
    else this.#queueFlush()
  }

  close(reason: string): void {
    if (this.#state !== 'open') return
    this.#reason ??= reason
    this.#state = 'ending'
    this.#framer.end()
    this.#queueFlush()
  }

  cut(event: string): void {
    if (this.#socket.destroyed) return
    this.#registry.cut(event, this)
    this.#reason = event
    this.#state = 'ended'
    this.#framer.end()
    this.#dropPending()
    // A reset frees the kernel's buffers at once; closing would leave it sending to a peer that does not read.
    if (this.transport === 'tcp') this.#socket.resetAndDestroy()
    else this.#socket.destroy()
  }

  flush(): void {
    this.#isQueued = false
    this.#write()
    if (this.#state !== 'ending') return
    this.#state = 'ended'
    this.#endedAtMs = this.#registry.nowMs
    // What still comes is read and thrown away (`#onData`): closing over unread bytes would reset the flow, and our
    // last answer with it.
    this.#socket.end()
  }

  sweep(nowMs: number): void {
    this.#pingsSinceSweep = 0
    if (this.#state === 'ended') {
      if (nowMs - this.#endedAtMs > this.#limits.lingerMs) this.#socket.destroy()
      return
    }
    const passed = this.#deadlines.passed(nowMs, this.#limits, this.#sentBytes, this.bufferedBytes)
    if (passed) this.cut(passed)
    else this.#charge()
  }

  onMessage(bytes: Buffer): void {
    if (this.#state !== 'open') return
    this.#deadlines.messagesCount++
    this.#registry.counts.receivedMessages++
    if (this.#link) this.#link.onLinkMessage(bytes)
    else this.#registry.sink.onFlowMessage(this, bytes)
  }

  onKeepAlive(kind: 'ping' | 'crlf'): void {
    if (this.#state !== 'open') return
    this.#link?.onLinkKeepAlive()
    // Two pongs, minutes apart, are the bytes of a ping: whoever waits for pongs takes either for one.
    if (this.#onPong) return this.#onPong()
    if (kind !== 'ping') return
    this.#registry.counts.keepAlives++
    // One pong for all pings of a chunk, in its place among the messages.
    if (this.#pings === 0) this.send(pong)
    this.#pings++
  }

  /** A client pings twice a minute; who does nothing else, fast, keeps others from us. */
  #countPings(): void {
    this.#pingsSinceSweep += this.#pings
    this.#pings = 0
    if (this.#pingsSinceSweep > pingsPerSweepMax && this.#state === 'open') this.cut(TransportEvent.pingFlood)
  }

  onFault(event: string, head: Buffer | null): void {
    if (this.#state !== 'open') return
    this.#registry.cut(event, this)
    this.close(event)
    if (!this.#link) this.#registry.sink.onFlowFault(this, event, head)
  }

  #onData(chunk: Buffer): void {
    this.#registry.counts.receivedBytes += chunk.length
    if (this.#state !== 'open') return
    const messagesBefore = this.#deadlines.messagesCount
    this.#framer.push(chunk)
    this.#countPings()
    // Line ends are not buffered, so half a ping is no message that has begun.
    const isPartial = this.#framer.bufferedBytes > 0
    this.#deadlines.heard(this.#registry.nowMs, isPartial, this.#deadlines.messagesCount > messagesBefore)
    this.#charge()
  }

  #queueFlush(): void {
    if (this.#isQueued) return
    this.#isQueued = true
    flushList.add(this)
  }

  #write(): void {
    if (this.#pendingBytes === 0) return
    const pending = this.#pending
    const bytes = pending.length === 1 ? (pending[0] as Uint8Array) : Buffer.concat(pending, this.#pendingBytes)
    this.#dropPending()
    if (!this.#socket.writable) return
    this.#socket.write(bytes)
    this.#sentBytes += bytes.length
    this.#registry.counts.sentBytes += bytes.length
    this.#registry.counts.writes++
    if (this.#socket.writableLength > this.#limits.bufferedBytesMax) this.cut(TransportEvent.neverReading)
    else this.#charge()
  }

  #dropPending(): void {
    this.#pending = []
    this.#pendingBytes = 0
  }

  #charge(): void {
    this.#registry.budget.charge(this, this.#framer.bufferedBytes + this.bufferedBytes)
  }

  #onError(error: NodeJS.ErrnoException): void {
    const isReset = error.code === 'ECONNRESET' || error.code === 'EPIPE'
    this.#reason ??= isReset ? TransportEvent.peerReset : TransportEvent.socketError
  }

  #onClose(): void {
    this.#state = 'ended'
    this.#dropPending()
    const reason = this.#reason ?? TransportEvent.peerClosed
    const link = this.#link
    if (link) this.#registry.leave(this, () => link.onLinkClosed(reason))
    else this.#registry.closed(this, reason)
  }
}
