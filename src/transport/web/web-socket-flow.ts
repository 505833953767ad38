/**
 * A flow over WebSocket (RFC 7118): one SIP message a frame, whoever carries the frames. What carries them, `ws` or
 * uWebSockets.js, stands behind `WebSocketChannel`.
 */
import { isUtf8 } from 'node:buffer'
import type { TransportName } from '../../ports/flows.ts'
import { Deadlines } from '../deadlines.ts'
import { TransportEvent } from '../events.ts'
import type { FlowRegistry, RegisteredFlow } from '../flow-registry.ts'
import { flushList } from '../flush-list.ts'

/** Frames of one turn leave together; the end of a channel is told to the flow by `onChannelClosed`. */
export interface WebSocketChannel {
  readonly bufferedBytes: number
  /** Bytes that ever came, also of frames that are not whole; 0 where the adapter does not tell (uWebSockets.js). */
  readonly receivedBytes: number
  send(frames: readonly Uint8Array[]): void
  ping(): void
  /** Ends with a close frame. */
  end(code: number): void
  /** Ends at once. */
  destroy(): void
}

export interface WebSocketFlowOptions {
  readonly transport: TransportName
  readonly registry: FlowRegistry
  readonly remoteAddress: string
  /** 0 where the adapter does not tell (uWebSockets.js). */
  readonly remotePort: number
  readonly localAddress: string
  readonly localPort: number
  /** The client side hears the pongs to its CRLF pings. */
  readonly onPong?: (() => void) | undefined
}

/** Normal end, and "going away" for a server that stops (RFC 6455 §7.4.1). */
const closeCode = { normal: 1000, goingAway: 1001 }

const pong = Buffer.from('\r\n')

/**
 * Text where it can be text, since some clients read no binary frames; bytes that are no UTF-8 must go as such (§5).
 */
export const isTextFrame = (bytes: Uint8Array): boolean => isUtf8(bytes)

type State = 'open' | 'ending' | 'ended' | 'closed'

export class WebSocketFlow implements RegisteredFlow {
  readonly transport: TransportName
  readonly remoteAddress: string
  readonly remotePort: number
  readonly localAddress: string
  readonly localPort: number
  chargedBytes = 0
  readonly #channel: WebSocketChannel
  readonly #registry: FlowRegistry
  readonly #deadlines: Deadlines
  readonly #onPong: (() => void) | undefined
  #state: State = 'open'
  #reason: string | null = null
  #pending: Uint8Array[] = []
  #pendingBytes = 0
  #isQueued = false
  #sentBytes = 0
  #endedAtMs = 0
  /** `receivedBytes` of the channel when a frame was last whole: what came since is a part of the next. */
  #framedBytes = 0
  /** When we asked whether anybody is there; -1: we did not. */
  #pingedAtMs = -1

  constructor(channel: WebSocketChannel, options: WebSocketFlowOptions) {
    this.transport = options.transport
    this.remoteAddress = options.remoteAddress
    this.remotePort = options.remotePort
    this.localAddress = options.localAddress
    this.localPort = options.localPort
    this.#channel = channel
    this.#registry = options.registry
    this.#deadlines = new Deadlines(options.registry.nowMs)
    this.#framedBytes = channel.receivedBytes
    this.#onPong = options.onPong
  }

  get bufferedBytes(): number {
    return this.#state === 'closed' ? 0 : this.#pendingBytes + this.#channel.bufferedBytes
  }

  /** Borrows `bytes` until the end of the turn: the caller does not change them after. */
  send(bytes: Uint8Array): void {
    if (this.#state !== 'open' && this.#state !== 'ending') return
    this.#pending.push(bytes)
    this.#pendingBytes += bytes.length
    this.#queueFlush()
  }

  close(reason: string): void {
    if (this.#state !== 'open') return
    this.#reason ??= reason
    this.#state = 'ending'
    this.#queueFlush()
  }

  cut(event: string): void {
    if (this.#state === 'closed') return
    this.#registry.cut(event, this)
    this.#reason = event
    this.#state = 'ended'
    this.#dropPending()
    // Not at once: uWebSockets.js tells the end before `destroy` returns, within whoever's work led here.
    flushList.add({ flush: () => this.#destroy() })
  }

  flush(): void {
    this.#isQueued = false
    this.#write()
    if (this.#state !== 'ending') return
    this.#state = 'ended'
    this.#endedAtMs = this.#registry.nowMs
    this.#channel.end(this.#reason === TransportEvent.listenerClosed ? closeCode.goingAway : closeCode.normal)
  }

  sweep(nowMs: number): void {
    if (this.#state === 'ended' && nowMs - this.#endedAtMs > this.#registry.limits.lingerMs) this.#destroy()
    if (this.#state !== 'open') return
    if (this.#partialBytes > 0) this.#deadlines.heard(nowMs, true, false)
    const passed = this.#passedDeadline(nowMs)
    if (passed) this.cut(passed)
    else this.#charge()
  }

  /** A whole WebSocket message. Line ends alone are the keep-alive of RFC 5626, which RFC 7118 §6 keeps. */
  onFrame(bytes: Buffer): void {
    this.#registry.counts.receivedBytes += bytes.length
    if (this.#state !== 'open') return
    if (bytes.length <= 4 && bytes.toString('latin1').trim() === '') this.#onKeepAlive(bytes)
    else this.#onMessage(bytes)
  }

  /** A ping or pong frame: someone is there. */
  onAlive(): void {
    this.#pingedAtMs = -1
    this.#framedBytes = this.#channel.receivedBytes
    this.#deadlines.heard(this.#registry.nowMs, false, false)
  }

  onChannelClosed(reason: string): void {
    if (this.#state === 'closed') return
    this.#state = 'closed'
    this.#dropPending()
    this.#registry.closed(this, this.#reason ?? reason)
  }

  #onKeepAlive(bytes: Buffer): void {
    this.onAlive()
    if (bytes.length < 4) {
      this.#onPong?.()
      return
    }
    this.#registry.counts.keepAlives++
    this.send(pong)
  }

  #onMessage(bytes: Buffer): void {
    this.onAlive()
    this.#deadlines.messagesCount++
    this.#registry.counts.receivedMessages++
    this.#registry.sink.onFlowMessage(this, bytes)
    if (this.#state !== 'closed') this.#charge()
  }

  /** Scripts in browsers cannot ping, so we do: after silence, and whoever then does not answer is gone. */
  #passedDeadline(nowMs: number): string | null {
    const { limits } = this.#registry
    const passed = this.#deadlines.passed(nowMs, limits, this.#sentBytes, this.bufferedBytes)
    if (passed) return passed
    if (limits.pingAfterMs === 0) return null
    if (this.#pingedAtMs >= 0) {
      return nowMs - this.#pingedAtMs > limits.pongDeadlineMs ? TransportEvent.noPong : null
    }
    if (nowMs - this.#deadlines.heardAtMs > limits.pingAfterMs) {
      this.#pingedAtMs = nowMs
      this.#channel.ping()
    }
    return null
  }

  get #partialBytes(): number {
    return this.#channel.receivedBytes - this.#framedBytes
  }

  #queueFlush(): void {
    if (this.#isQueued) return
    this.#isQueued = true
    flushList.add(this)
  }

  #write(): void {
    if (this.#pendingBytes === 0 || (this.#state !== 'open' && this.#state !== 'ending')) return
    const frames = this.#pending
    const bytesCount = this.#pendingBytes
    this.#dropPending()
    this.#sentBytes += bytesCount
    this.#registry.counts.sentBytes += bytesCount
    this.#registry.counts.writes++
    this.#channel.send(frames)
    if (this.bufferedBytes > this.#registry.limits.bufferedBytesMax) this.cut(TransportEvent.neverReading)
    else this.#charge()
  }

  #dropPending(): void {
    this.#pending = []
    this.#pendingBytes = 0
  }

  #destroy(): void {
    if (this.#state !== 'closed') this.#channel.destroy()
  }

  #charge(): void {
    this.#registry.budget.charge(this, this.bufferedBytes + this.#partialBytes)
  }
}
