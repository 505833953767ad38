/**
 * Keeps a flow alive and notices its death: pings as RFC 5626 §4.4 tells, at a random time so that clients do not ping
 * in step. What a ping is on each transport, the connector knows.
 */
import type { Entropy } from '../../ports/entropy.ts'
import type { TransportFlow } from '../../ports/flows.ts'
import type { TimerHandle, Timers, TimerTarget } from '../../ports/timers.ts'
import {
  keepAliveShareMin,
  pongDeadlineMs,
  streamKeepAliveSeconds,
  udpKeepAliveSeconds,
  udpPingsMax,
} from './limits.ts'
import type { Connector } from './ports.ts'

const pingTime = 0
const pongTime = 1

export class KeepAlive implements TimerTarget {
  readonly #timers: Timers
  readonly #entropy: Entropy
  readonly #connector: Connector
  readonly #onDead: () => void
  #flow: TransportFlow | null = null
  #seconds = 0
  #timer: TimerHandle | null = null
  /** Pings since the last pong. */
  #unanswered = 0

  constructor(ports: { timers: Timers; entropy: Entropy; connector: Connector }, onDead: () => void) {
    this.#timers = ports.timers
    this.#entropy = ports.entropy
    this.#connector = ports.connector
    this.#onDead = onDead
  }

  begin(flow: TransportFlow, flowTimerSeconds: number | null): void {
    this.end()
    this.#flow = flow
    // UDP: whatever the server can bear, a NAT in between forgets sooner.
    const isDatagram = flow.transport === 'udp'
    const usual = isDatagram ? udpKeepAliveSeconds : streamKeepAliveSeconds
    this.#seconds = isDatagram ? Math.min(usual, flowTimerSeconds ?? usual) : (flowTimerSeconds ?? usual)
    this.#wait()
  }

  end(): void {
    if (this.#timer !== null) this.#timers.cancel(this.#timer)
    this.#timer = null
    this.#flow = null
    this.#unanswered = 0
  }

  onPong(): void {
    if (this.#flow === null || this.#unanswered === 0) return
    this.#unanswered = 0
    this.#wait()
  }

  onTimer(kind: number): void {
    this.#timer = null
    if (kind === pongTime && this.#unanswered >= (this.#flow?.transport === 'udp' ? udpPingsMax : 1)) this.#onDead()
    else this.#ping()
  }

  #ping(): void {
    if (this.#flow === null) return
    this.#unanswered++
    this.#set(pongDeadlineMs, pongTime)
    this.#connector.ping(this.#flow)
  }

  #wait(): void {
    const share = keepAliveShareMin + (1 - keepAliveShareMin) * (this.#entropy.bytes(1)[0]! / 255)
    this.#set(this.#seconds * 1000 * share, pingTime)
  }

  #set(delayMs: number, kind: number): void {
    if (this.#timer !== null) this.#timers.cancel(this.#timer)
    this.#timer = this.#timers.set(delayMs, this, kind)
  }
}
