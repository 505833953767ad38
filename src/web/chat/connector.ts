/**
 * Keeps a session with the server: makes one, and another when it ends, after a while that grows; at once when the
 * browser says that the network is back or the user asks for it.
 */
import { backOffMs } from '../chat-model/back-off.ts'
import { signInRefusal } from '../chat-model/marks.ts'
import type { Connection } from '../chat-model/state.ts'
import { type Outcome, type SessionSettings, type SessionUser, type SipRequest, SipSession } from './sip-session.ts'

export interface ConnectorUser extends Omit<SessionUser, 'onDown'> {
  onConnection(connection: Connection): void
}

export type ConnectorSettings = Omit<SessionSettings, 'registerCallId' | 'registerSequence'>

export class Connector {
  readonly #settings: ConnectorSettings
  readonly #user: ConnectorUser
  readonly #callId = crypto.randomUUID()
  readonly #onNetwork = () => this.retryNow()
  #session: SipSession | null = null
  #sessionsCount = 0
  #failuresCount = 0
  #timer: ReturnType<typeof setTimeout> | undefined
  #isOnline = false
  #isEnded = false

  constructor(settings: ConnectorSettings, user: ConnectorUser) {
    this.#settings = settings
    this.#user = user
    addEventListener('online', this.#onNetwork)
  }

  get isOnline(): boolean {
    return this.#isOnline
  }

  connect(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#user.onConnection({ kind: 'connecting' })
    // One REGISTER may be asked for twice (challenge), and is refreshed while the session lives.
    const registerSequence = 1 + 10_000 * this.#sessionsCount++
    const session = new SipSession(
      { ...this.#settings, registerCallId: this.#callId, registerSequence },
      {
        onMessage: (arrived) => this.#user.onMessage(arrived),
        onList: (notify) => this.#user.onList(notify),
        onOnline: () => this.#onOnline(),
        onDown: (reason, status, retryAfterMs) => this.#onDown(reason, status, retryAfterMs),
      },
    )
    this.#session = session
    void session.open()
  }

  /** Where it waits for its next attempt, that is now. */
  retryNow(): void {
    if (this.#timer !== undefined && !this.#isEnded) this.connect()
  }

  request(request: SipRequest): Promise<Outcome> {
    const session = this.#isOnline ? this.#session : null
    return session ? session.request(request) : Promise.resolve({ status: 0, reason: '', header: () => undefined })
  }

  async end(isSigningOut: boolean): Promise<void> {
    this.#isEnded = true
    clearTimeout(this.#timer)
    removeEventListener('online', this.#onNetwork)
    const isOnline = this.#isOnline
    this.#isOnline = false
    await this.#session?.close(isSigningOut && isOnline)
  }

  #onOnline(): void {
    this.#isOnline = true
    this.#failuresCount = 0
    this.#user.onConnection({ kind: 'online' })
    this.#user.onOnline()
  }

  #onDown(reason: string, status: number, retryAfterMs: number): void {
    this.#isOnline = false
    if (this.#isEnded) return
    const words = signInRefusal(status)
    if (words !== null) return this.#user.onConnection({ kind: 'refused', words })
    const delayMs = Math.max(retryAfterMs, backOffMs(++this.#failuresCount, Math.random()))
    this.#user.onConnection({ kind: 'waiting', untilMs: Date.now() + delayMs, reason })
    this.#timer = setTimeout(() => this.connect(), delayMs)
  }
}
