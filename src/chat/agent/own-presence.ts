/**
 * One's own state, published (RFC 3903): sent, refreshed by its entity tag, changed, and taken back at the end. One
 * PUBLISH at a time (§4.1); of what is wanted meanwhile only the newest is sent.
 */
import type { TimerHandle, TimerTarget } from '../../ports/timers.ts'
import type { HeaderLines } from '../../sip/message/encode.ts'
import { HeaderId } from '../../sip/message/header-id.ts'
import type { SipMessage } from '../../sip/message/sip-message.ts'
import { MediaTypes } from '../bodies/media-type.ts'
import { encodePresence, type PresenceState } from '../bodies/presence-body.ts'
import { refreshAfterMs, verdictOn } from './answers.ts'
import { backOffMs } from './back-off.ts'
import { presenceBackOff, presenceSeconds } from './limits.ts'
import type { AgentPorts } from './ports.ts'
import type { Answer, RequestIdentity, Requests } from './requests.ts'
import type { AgentSettings } from './settings.ts'

export interface OwnPresenceUser {
  /** The server has it: others see it. Once for each state that was set. */
  onPublished(state: PresenceState): void
  /** The server will not have it; it is given up. */
  onPublishRefused(state: PresenceState, status: number, reason: string): void
}

export class OwnPresence implements TimerTarget {
  readonly #settings: AgentSettings
  readonly #requests: Requests
  readonly #ports: AgentPorts
  readonly #user: OwnPresenceUser
  readonly #identity: RequestIdentity
  #wanted: PresenceState | null = null
  /** What the last PUBLISH that was accepted said; null where the server may hold something else. */
  #accepted: PresenceState | null = null
  /** What the user has heard of; after a reconnect the same is published again. */
  #told: PresenceState | null = null
  #entityTag: string | null = null
  #expiresSeconds = presenceSeconds
  #isOpen = false
  #isBusy = false
  /** Rises with each connection: what an earlier one still answers is nobody's business. */
  #generation = 0
  #failuresCount = 0
  #timer: TimerHandle | null = null

  constructor(settings: AgentSettings, requests: Requests, ports: AgentPorts, user: OwnPresenceUser) {
    this.#settings = settings
    this.#requests = requests
    this.#ports = ports
    this.#user = user
    this.#identity = requests.newIdentity()
  }

  /** Without a connection it waits for one. */
  publish(state: PresenceState): void {
    this.#wanted = state
    this.#failuresCount = 0
    this.#pump()
  }

  open(): void {
    this.#isOpen = true
    this.#failuresCount = 0
    this.#pump()
  }

  /** The connection has ended; whether the last PUBLISH arrived is not known. */
  close(): void {
    this.#generation++
    this.#isOpen = false
    this.#isBusy = false
    this.#accepted = null
    this.#stopTimer()
  }

  /** Takes back what was published; `done` is called whatever the server says. */
  end(done: () => void): void {
    const entityTag = this.#isOpen ? this.#entityTag : null
    this.close()
    this.#entityTag = null
    if (entityTag === null) done()
    else this.#send(0, [['SIP-If-Match', entityTag]], null, done)
  }

  onTimer(): void {
    this.#timer = null
    this.#pump(true)
  }

  #pump(isRefresh = false): void {
    const state = this.#wanted
    const isKnown = state === this.#accepted
    if (!this.#isOpen || this.#isBusy || state === null || (isKnown && !isRefresh)) return
    this.#stopTimer()
    this.#isBusy = true
    const generation = this.#generation
    const entityTag = this.#entityTag
    const { aor, instanceId } = this.#settings
    const nowMs = this.#ports.clock.systemMs()
    // A refresh has no body (§4.1.4): the state stays as it is.
    const body = isKnown && entityTag !== null ? null : encodePresence(state, { aor, instanceId, nowMs })
    const condition: HeaderLines = entityTag === null ? [] : [['SIP-If-Match', entityTag]]
    this.#send(this.#expiresSeconds, condition, body, (answer) => {
      if (generation !== this.#generation) return
      this.#isBusy = false
      this.#onAnswer(answer, state)
    })
  }

  #onAnswer(answer: Answer, state: PresenceState): void {
    const verdict = verdictOn(answer, this.#expiresSeconds)
    switch (verdict.kind) {
      case 'accepted':
        return this.#onAccepted(verdict.response, state)
      case 'too-brief':
        this.#expiresSeconds = verdict.minExpiresSeconds
        return this.#pump(true)
      case 'forgotten': {
        // §4.1.2: published anew. Without a tag of ours a 412 makes no sense; then it is not repeated at once.
        const hadTag = this.#entityTag !== null
        this.#entityTag = null
        this.#accepted = null
        return hadTag ? this.#pump() : this.#publishLater(0)
      }
      case 'refused':
        if (this.#wanted !== state) return this.#pump()
        this.#wanted = null
        return this.#user.onPublishRefused(state, verdict.status, verdict.reason)
      case 'later':
        return this.#publishLater(verdict.retryAfterMs)
      case 'lost':
        return
    }
  }

  #onAccepted(response: SipMessage, state: PresenceState): void {
    this.#entityTag = response.first(HeaderId.sipEtag)?.trim() || null
    this.#accepted = state
    this.#failuresCount = 0
    this.#setTimer(refreshAfterMs(response.expiresSeconds ?? this.#expiresSeconds))
    if (this.#told !== state) {
      this.#told = state
      this.#user.onPublished(state)
    }
    this.#pump()
  }

  #publishLater(retryAfterMs: number): void {
    this.#failuresCount++
    this.#setTimer(Math.max(retryAfterMs, backOffMs(presenceBackOff, this.#failuresCount, this.#ports.entropy)))
  }

  #send(expiresSeconds: number, condition: HeaderLines, body: Uint8Array | null, user: (answer: Answer) => void): void {
    const { aor } = this.#settings
    const headers: HeaderLines = [['Event', 'presence'], ['Expires', String(expiresSeconds)], ...condition]
    const content = body === null ? {} : { contentType: MediaTypes.presence, body }
    const request = { identity: this.#identity, method: 'PUBLISH', requestUri: aor, to: aor, headers, ...content }
    this.#requests.send(request, user)
  }

  #setTimer(delayMs: number): void {
    this.#stopTimer()
    this.#timer = this.#ports.timers.set(delayMs, this, 0)
  }

  #stopTimer(): void {
    if (this.#timer !== null) this.#ports.timers.cancel(this.#timer)
    this.#timer = null
  }
}
