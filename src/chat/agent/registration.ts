/**
 * The registration of a user agent over one flow: REGISTER (RFC 3261 §10.2) with outbound (RFC 5626 §4.2), refreshed at
 * 85 % of its time, removed at the end. Connecting anew after a failure is left to `user-agent.ts`.
 */
import type { TimerHandle, Timers, TimerTarget } from '../../ports/timers.ts'
import type { HeaderLines } from '../../sip/message/encode.ts'
import type { SipMessage } from '../../sip/message/sip-message.ts'
import { aorDomain } from '../../sip/uri/aor.ts'
import { minExpiresOf, refreshAfterMs, retryAfterMs } from './answers.ts'
import type { Answer, RequestIdentity, Requests } from './requests.ts'
import type { AgentSettings } from './settings.ts'

export interface RegistrationUser {
  /**
   * The first time on this flow. `flowTimerSeconds`: how long the server waits for a keep-alive; null when not said.
   */
  onRegistered(flowTimerSeconds: number | null): void
  /** The server will not have this user, whatever the flow. */
  onRefused(status: number, reason: string): void
  /** No answer, or not now. */
  onRegistrationFailed(words: string, retryAfterMs: number | null): void
}

/** Statuses after which the same REGISTER will never succeed. */
const lastingRefusals = new Set([400, 401, 403, 404, 405, 407, 420, 501, 505])

const supported = 'path, outbound, im-sent-copies'
export const allowedMethods = 'MESSAGE, NOTIFY, OPTIONS'

export class Registration implements TimerTarget {
  readonly #settings: AgentSettings
  readonly #requests: Requests
  readonly #timers: Timers
  readonly #user: RegistrationUser
  /** One Call-ID for all REGISTERs of a start (RFC 3261 §10.2). */
  readonly #identity: RequestIdentity
  #contactUri: string | null = null
  #expiresSeconds: number
  #isRegistered = false
  /** Rises with each flow: what an earlier one still answers is nobody's business. */
  #generation = 0
  #refresh: TimerHandle | null = null

  constructor(settings: AgentSettings, requests: Requests, timers: Timers, user: RegistrationUser) {
    this.#settings = settings
    this.#requests = requests
    this.#timers = timers
    this.#user = user
    this.#identity = requests.newIdentity()
    this.#expiresSeconds = settings.expiresSeconds
  }

  get isRegistered(): boolean {
    return this.#isRegistered
  }

  /** Registers over the flow that `Requests` has just been given. */
  begin(contactUri: string): void {
    this.leave()
    this.#contactUri = contactUri
    this.#register()
  }

  /** The flow has ended. */
  leave(): void {
    this.#generation++
    this.#isRegistered = false
    if (this.#refresh !== null) this.#timers.cancel(this.#refresh)
    this.#refresh = null
  }

  /** Removes the binding; `done` is called whatever the server says. */
  end(done: () => void): void {
    this.leave()
    this.#send(0, () => done())
  }

  onTimer(): void {
    this.#refresh = null
    this.#register()
  }

  #register(): void {
    const generation = this.#generation
    this.#send(this.#expiresSeconds, (answer) => {
      if (generation === this.#generation) this.#onAnswer(answer)
    })
  }

  #send(expiresSeconds: number, user: (answer: Answer) => void): void {
    const { aor, instanceId, regId } = this.#settings
    const contact = `<${this.#contactUri}>;+sip.instance="<${instanceId}>";reg-id=${regId};expires=${expiresSeconds}`
    const headers: HeaderLines = [
      ['Contact', contact],
      ['Expires', String(expiresSeconds)],
      ['Supported', supported],
      ['Allow', allowedMethods],
    ]
    const requestUri = `sip:${aorDomain(aor)}`
    this.#requests.send({ identity: this.#identity, method: 'REGISTER', requestUri, to: aor, headers }, user)
  }

  #onAnswer(answer: Answer): void {
    if (answer.kind !== 'answered') {
      return this.#user.onRegistrationFailed('the server does not answer', null)
    }
    const { response } = answer
    const { statusCode: status, reasonPhrase: reason } = response
    if (status < 300) this.#onAccepted(response)
    else if (status === 423 && this.#lengthen(response)) this.#register()
    else if (lastingRefusals.has(status)) this.#user.onRefused(status, reason)
    else this.#user.onRegistrationFailed(`the server answers ${status} ${reason}`, retryAfterMs(response))
  }

  #onAccepted(response: SipMessage): void {
    this.#refresh = this.#timers.set(refreshAfterMs(this.#grantedSeconds(response)), this, 0)
    if (this.#isRegistered) return
    this.#isRegistered = true
    const flowTimer = Number(response.named('Flow-Timer') ?? Number.NaN)
    this.#user.onRegistered(flowTimer > 0 ? flowTimer : null)
  }

  /** Of our own Contact: the answer lists those of all devices (RFC 3261 §10.2.4). */
  #grantedSeconds(response: SipMessage): number {
    const { contacts } = response
    const { instanceId, regId } = this.#settings
    const isOwn = (each: { instanceId: string | null; regId: number | null }) =>
      each.instanceId?.toLowerCase() === instanceId.toLowerCase() && (each.regId ?? regId) === regId
    const own = Array.isArray(contacts) ? contacts.find(isOwn) : undefined
    return own?.expiresSeconds ?? response.expiresSeconds ?? this.#expiresSeconds
  }

  /** 423 Interval Too Brief: asks for what the server wants, unless that is what we asked for already. */
  #lengthen(response: SipMessage): boolean {
    const wanted = minExpiresOf(response)
    if (wanted <= this.#expiresSeconds) return false
    this.#expiresSeconds = wanted
    return true
  }
}
