/**
 * A simulated device: registers, refreshes, loses its network and comes back, signs out, sends messages one after the
 * other and answers those that come. It tells the history what it did and saw; whether that was right is the checkers'.
 */
import { HeaderId } from '../../src/sip/message/header-id.ts'
import type { SipMessage } from '../../src/sip/message/sip-message.ts'
import type { History, Registration, SentMessage } from '../history.ts'
import type { PlannedEvent } from '../world/event-queue.ts'
import type { Manners } from './manners.ts'
import { encodeBody, parseBody } from './message-body.ts'
import type { SimulatedUser } from './simulated-user.ts'
import { type AgentParts, type Ask, UserAgent } from './user-agent.ts'

export interface DeviceIdentity {
  readonly name: string
  readonly address: string
  readonly isStream: boolean
  /** Null: the server can recognise it by its Contact only. */
  readonly instanceId: string | null
}

export interface DeviceParts extends AgentParts {
  readonly history: History
  readonly manners: Manners
}

/** What a device does beside messages: it is told of the device's life, and is given each request first. */
export interface DeviceCompanion {
  /** The device has registered, for the first time or again. */
  onRegistered(): void
  /** Its way to the server is gone, whether by its own will or not. */
  onUnlinked(): void
  /** False: the request is none of its own. */
  onRequest(request: SipMessage, respond: (status: number) => void): boolean
}

/** Same ids as somebody else's: two machines that were cloned. */
export interface BorrowedIds {
  readonly callId: string
  readonly fromTag: string
  readonly branchSeed: string
}

export class Device {
  readonly identity: DeviceIdentity
  readonly user: SimulatedUser
  readonly #parts: DeviceParts
  readonly #agent: UserAgent
  readonly #outbox: { readonly to: SimulatedUser; readonly id: number; readonly ids: BorrowedIds | null }[] = []
  #sending = 0
  #isWanted = false
  #isRegistered = false
  #links = 0
  #cseq = 1
  #callId: string
  #next: PlannedEvent | null = null
  #isRegistering = false
  /** What waits for the answer of the REGISTER before (RFC 3261 §10.2: never two at once). */
  #afterRegister: (() => void) | null = null
  #companion: DeviceCompanion | null = null

  constructor(identity: DeviceIdentity, user: SimulatedUser, parts: DeviceParts) {
    this.identity = identity
    this.user = user
    this.#parts = parts
    const { address, isStream } = identity
    this.#agent = new UserAgent(
      parts,
      { aor: user.aor, userName: user.name, address, isStream, password: () => user.password },
      { onRequest: (request, respond) => this.#onRequest(request, respond), onLinkLost: () => this.#onLinkLost() },
    )
    this.#callId = this.#agent.word(6)
  }

  /** To be called once, before the device does anything. */
  join(companion: DeviceCompanion): void {
    this.#companion = companion
  }

  get agent(): UserAgent {
    return this.#agent
  }

  get isOnline(): boolean {
    return this.#isRegistered
  }

  get isIdle(): boolean {
    return this.#outbox.length === 0 && this.#sending === 0
  }

  /** The user wants to be reachable here: from now on it registers, again and again if need be. */
  goOnline(): void {
    if (this.#isWanted) return
    this.#isWanted = true
    this.#plan(0)
  }

  /** `clean`: hangs up; `gone`: out of reach without a word. Either way nothing is unregistered. */
  goOffline(how: 'clean' | 'gone'): void {
    this.#isWanted = false
    this.#isRegistered = false
    this.#unplan()
    this.#endLink(how)
  }

  signOut(): void {
    if (!this.#isRegistered) return
    this.#isWanted = false
    this.#isRegistered = false
    this.#unplan()
    this.#register(0, () => {
      // It stays within reach for a while: what comes now must not have been sent after the answer.
      this.#next = this.#parts.events.after(this.#parts.random.between(500, 15_000), () => {
        if (!this.#isWanted) this.#endLink('clean')
      })
    })
  }

  /** Everything anew, as after switching it off and on. */
  restart(): void {
    this.goOffline('clean')
    this.#callId = this.#agent.word(6)
    this.goOnline()
  }

  send(to: SimulatedUser, id: number, ids: BorrowedIds | null = null): void {
    this.#outbox.push({ to, id, ids })
    this.#sendNext()
  }

  get contact(): string {
    const { name, address, isStream } = this.identity
    return `sip:${name}@${address}:${isStream ? 6000 + this.#links : 5060}${isStream ? ';transport=tcp' : ''}`
  }

  #plan(delayMs: number): void {
    this.#unplan()
    this.#next = this.#parts.events.after(delayMs, () => this.#attend())
  }

  #unplan(): void {
    if (this.#next) this.#parts.events.cancel(this.#next)
    this.#next = null
  }

  /** Links and registers; what fails is tried again later. */
  #attend(): void {
    if (!this.#isWanted) return
    const { manners, random } = this.#parts
    if (!this.#agent.isLinked) {
      this.#links++
      if (!this.#agent.link()) return this.#plan(manners.retryMs(random))
    }
    const seconds = manners.expiresSeconds
    this.#register(seconds, (status) => {
      this.#isRegistered = status === 200
      if (!this.#isWanted) return
      if (status === 200) {
        this.#plan(seconds * 1_000 * (0.4 + 0.4 * random.float()))
        this.#sendNext()
        this.#companion?.onRegistered()
      } else {
        // A stream on which one has guessed too often proves nobody any more: only a new one helps.
        if (status === 403 && this.identity.isStream) this.#endLink('clean')
        this.#plan(manners.retryMs(random))
      }
    })
  }

  #register(seconds: number, then: (status: number) => void): void {
    if (this.#isRegistering) {
      this.#afterRegister = () => this.#register(seconds, then)
      return
    }
    this.#isRegistering = true
    const { history, events } = this.#parts
    const { name, instanceId, isStream } = this.identity
    const contact = this.contact
    const instance = instanceId === null ? '' : `;+sip.instance="<${instanceId}>"`
    let registration: Registration | null = null
    const ask: Ask = {
      method: 'REGISTER',
      requestUri: `sip:${this.user.domain}`,
      to: this.user.aor,
      callId: this.#callId,
      fromTag: this.#agent.word(4),
      branchSeed: this.#agent.word(6),
      cseq: ++this.#cseq,
      headers: [
        ['Contact', `<${contact}>${instance};expires=${seconds}`],
        ['Supported', 'path, gruu'],
      ],
      body: null,
      onSubmitted: () => {
        this.#cseq = Math.max(this.#cseq, ask.cseq)
        registration = {
          user: this.user.name,
          device: name,
          callId: ask.callId,
          contact,
          act: seconds === 0 ? 'remove' : 'register',
          lasting: instanceId !== null,
          isStream,
          sentMs: events.nowMs,
          expiresMs: events.nowMs + seconds * 1_000,
          status: 0,
          answeredMs: 0,
          listed: [],
        }
        history.registrations.push(registration)
      },
      onFinal: (status, response) => {
        if (registration) {
          registration.status = status
          registration.answeredMs = events.nowMs
          registration.listed = response?.values(HeaderId.contact) ?? []
        }
        this.#isRegistering = false
        const waiting = this.#afterRegister
        this.#afterRegister = null
        if (waiting) waiting()
        else then(status)
      },
    }
    this.#agent.ask(ask)
  }

  #sendNext(): void {
    if (!this.#isRegistered || !this.#agent.isLinked) return
    if (this.#sending >= this.#parts.manners.pipelinedMax(this.identity.isStream)) return
    const next = this.#outbox.shift()
    if (!next) return
    this.#sending++
    const { history, events } = this.#parts
    const message: SentMessage = {
      id: next.id,
      fromUser: this.user.name,
      fromDevice: this.identity.name,
      toUser: next.to.name,
      sentMs: events.nowMs,
      submittedMs: events.nowMs,
      submissions: 0,
      stream: null,
      status: 0,
      answeredMs: 0,
    }
    history.messages.set(next.id, message)
    const ids = next.ids ?? {
      callId: this.#agent.word(8),
      fromTag: this.#agent.word(4),
      branchSeed: this.#agent.word(6),
    }
    this.#agent.ask({
      ...ids,
      method: 'MESSAGE',
      requestUri: next.to.aor,
      to: next.to.aor,
      cseq: 1,
      headers: [['Content-Type', 'text/plain']],
      body: encodeBody({ id: next.id, toUser: next.to.name }),
      onSubmitted: () => {
        message.submissions++
        message.submittedMs = events.nowMs
        message.stream = this.#agent.stream
      },
      onFinal: (status) => {
        message.status = status
        message.answeredMs = events.nowMs
        this.#sending--
        this.#sendNext()
      },
    })
    this.#sendNext()
  }

  #onRequest(request: SipMessage, respond: (status: number) => void): void {
    if (this.#companion?.onRequest(request, respond)) return
    const { history, events, manners, random } = this.#parts
    const body = parseBody(request)
    if (!body) return respond(415)
    const branch = request.topVia?.branch ?? ''
    const arrival = {
      id: body.id,
      toUser: body.toUser,
      device: this.identity.name,
      deviceUser: this.user.name,
      isOwnContact: request.requestUri.startsWith(`sip:${this.identity.name}@`),
      branch,
      atMs: events.nowMs,
      firstSentMs: history.branches.get(branch)?.atMs ?? Number.NaN,
      status: 0,
      reachedMs: null,
    }
    history.arrived(arrival)
    const answer = manners.answer(random)
    if (answer.status === 0) return
    events.after(answer.delayMs, () => {
      arrival.status = answer.status
      respond(answer.status)
    })
  }

  #onLinkLost(): void {
    this.#parts.history.streamEnds.push({ device: this.identity.name, atMs: this.#parts.events.nowMs })
    this.#isRegistered = false
    this.#companion?.onUnlinked()
    if (this.#isWanted) this.#plan(this.#parts.manners.retryMs(this.#parts.random))
  }

  #endLink(how: 'clean' | 'gone'): void {
    if (!this.#agent.isLinked) return
    if (this.identity.isStream) {
      this.#parts.history.streamEnds.push({ device: this.identity.name, atMs: this.#parts.events.nowMs })
    }
    this.#agent.unlink(how)
    this.#companion?.onUnlinked()
  }
}
