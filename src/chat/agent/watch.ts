/**
 * A subscription to presence (RFC 6665, RFC 3856): asked for, refreshed, and asked for anew when it has ended or the
 * server has forgotten it. Of whom is `watched.ts`. Over a new connection it goes on in the same dialog.
 */
import type { TimerHandle, TimerTarget } from '../../ports/timers.ts'
import { requestRoute } from '../../sip/dialog/route.ts'
import type { HeaderLines } from '../../sip/message/encode.ts'
import { HeaderId } from '../../sip/message/header-id.ts'
import { parseParams } from '../../sip/message/params.ts'
import type { SipMessage } from '../../sip/message/sip-message.ts'
import { refreshAfterMs, verdictOn } from './answers.ts'
import { backOffMs } from './back-off.ts'
import { presenceBackOff, presenceSeconds, retryAfterMsMax } from './limits.ts'
import type { AgentPorts } from './ports.ts'
import type { Answer, RequestIdentity, Requests } from './requests.ts'
import type { PresenceSeen, Seen, Watched } from './watched.ts'

/** The other end of the dialog, known from the first answer or NOTIFY, whichever comes first (RFC 6665 §4.4.1). */
interface RemoteEnd {
  readonly tag: string
  readonly target: string
  readonly routeSet: readonly string[]
  /** CSeq number of its last NOTIFY. */
  sequence: number
}

interface SubscriptionState {
  readonly name: string
  readonly expiresSeconds: number | null
  readonly reason: string
  readonly retryAfterMs: number
}

export class Watch implements TimerTarget {
  readonly #watched: Watched
  readonly #requests: Requests
  readonly #ports: AgentPorts
  readonly #onSeen: PresenceSeen
  #identity: RequestIdentity
  #remote: RemoteEnd | null = null
  #expiresSeconds = presenceSeconds
  #isOpen = false
  #isEnding = false
  /** Rises with each SUBSCRIBE: what an earlier one still answers is nobody's business. */
  #generation = 0
  #failuresCount = 0
  #timer: TimerHandle | null = null

  constructor(watched: Watched, requests: Requests, ports: AgentPorts, onSeen: PresenceSeen) {
    this.#watched = watched
    this.#requests = requests
    this.#ports = ports
    this.#onSeen = onSeen
    this.#identity = requests.newIdentity()
  }

  /** There is a connection, and we are signed in over it. */
  open(): void {
    if (this.#isOpen) return
    this.#isOpen = true
    this.#failuresCount = 0
    this.#subscribe()
  }

  /** The connection has ended. */
  close(): void {
    this.#isOpen = false
    this.#generation++
    this.#stopTimer()
  }

  /** Nobody wants it any more; `done` is called whatever the server says. */
  end(done: () => void): void {
    const isAsked = this.#isOpen && this.#remote !== null
    this.close()
    this.#isEnding = true
    if (isAsked) this.#send(0, done)
    else done()
  }

  onTimer(): void {
    this.#timer = null
    this.#subscribe()
  }

  owns(notify: SipMessage): boolean {
    const isSame = notify.callId === this.#identity.callId && notify.to?.tag === this.#identity.fromTag
    return isSame && (this.#remote === null || this.#remote.tag === notify.from?.tag)
  }

  /** The status to answer with. */
  onNotify(notify: SipMessage): number {
    const state = subscriptionState(notify)
    const sequence = notify.cseq?.number ?? 0
    if (state === null) return 400
    if (this.#remote !== null && sequence <= this.#remote.sequence) return 500
    const hasBody = notify.body.length > 0
    const told = hasBody ? this.#watched.read(notify.first(HeaderId.contentType) ?? '', notify.body) : []
    if (typeof told === 'number') return told
    this.#learn(notify, notify.from?.tag ?? null)
    if (this.#remote !== null) this.#remote.sequence = sequence
    if (this.#isEnding) return 200
    if (state.name === 'terminated') this.#onTerminated(state)
    else {
      this.#failuresCount = 0
      if (state.expiresSeconds !== null) this.#setTimer(refreshAfterMs(state.expiresSeconds))
      this.#tell(state.name === 'pending' ? this.#watched.pending : told)
    }
    return 200
  }

  /** RFC 6665 §4.1.3. */
  #onTerminated({ reason, retryAfterMs }: SubscriptionState): void {
    this.#forget()
    switch (reason) {
      case 'rejected':
        return this.#tell(this.#watched.refused(403, 'Rejected'))
      case 'noresource':
        return this.#tell(this.#watched.refused(404, 'No Resource'))
      case 'invariant':
        return
      case 'deactivated':
      case 'timeout':
        if (this.#failuresCount === 0) {
          this.#failuresCount = 1
          return this.#subscribe()
        }
    }
    this.#subscribeLater(retryAfterMs)
  }

  #subscribe(): void {
    if (!this.#isOpen) return
    this.#stopTimer()
    this.#generation++
    const generation = this.#generation
    this.#send(this.#expiresSeconds, (answer) => {
      if (generation === this.#generation) this.#onAnswer(answer)
    })
  }

  #onAnswer(answer: Answer): void {
    const verdict = verdictOn(answer, this.#expiresSeconds)
    switch (verdict.kind) {
      case 'accepted': {
        const { response } = verdict
        this.#learn(response, response.to?.tag ?? null)
        return this.#setTimer(refreshAfterMs(response.expiresSeconds ?? this.#expiresSeconds))
      }
      case 'too-brief':
        this.#expiresSeconds = verdict.minExpiresSeconds
        return this.#subscribe()
      case 'forgotten': {
        const wasKnown = this.#remote !== null
        this.#forget()
        return wasKnown ? this.#subscribe() : this.#subscribeLater(0)
      }
      case 'refused': {
        this.#forget()
        return this.#tell(this.#watched.refused(verdict.status, verdict.reason))
      }
      case 'later':
        return this.#subscribeLater(verdict.retryAfterMs)
      case 'lost':
        return
    }
  }

  #subscribeLater(retryAfterMs: number): void {
    if (!this.#isOpen) return
    this.#failuresCount++
    this.#setTimer(Math.max(retryAfterMs, backOffMs(presenceBackOff, this.#failuresCount, this.#ports.entropy)))
  }

  #send(expiresSeconds: number, user: (answer: Answer) => void): void {
    const remote = this.#remote
    const { requestUri, routes } = requestRoute(remote?.routeSet ?? [], remote?.target ?? this.#watched.uri)
    const headers: HeaderLines = [
      ...routes.map((route): [string, string] => ['Route', route]),
      ['Contact', `<${this.#requests.contactUri}>`],
      ['Event', 'presence'],
      ...this.#watched.headers,
      ['Expires', String(expiresSeconds)],
    ]
    const to = this.#watched.uri
    const toTag = remote?.tag ?? null
    this.#requests.send({ identity: this.#identity, method: 'SUBSCRIBE', requestUri, to, toTag, headers }, user)
  }

  #learn(message: SipMessage, tag: string | null): void {
    const contact = Array.isArray(message.contacts) ? message.contacts[0] : undefined
    if (tag === null) return
    const known = this.#remote?.tag === tag ? this.#remote : null
    const routes = message.values(HeaderId.recordRoute)
    this.#remote = {
      tag,
      target: contact?.uri ?? known?.target ?? this.#watched.uri,
      // In the order of the one who answers it (RFC 3261 §12.1.2): in a request they stand the other way round.
      routeSet: known?.routeSet ?? (message.isRequest ? routes : routes.reverse()),
      sequence: known?.sequence ?? -1,
    }
  }

  #tell(all: readonly Seen[]): void {
    for (const { of, presence } of all) this.#onSeen(of, presence)
  }

  /** The next SUBSCRIBE is a new one, in a dialog of its own. */
  #forget(): void {
    this.#generation++
    this.#stopTimer()
    this.#identity = this.#requests.newIdentity()
    this.#remote = null
  }

  #setTimer(delayMs: number): void {
    this.#stopTimer()
    if (this.#isOpen) this.#timer = this.#ports.timers.set(delayMs, this, 0)
  }

  #stopTimer(): void {
    if (this.#timer !== null) this.#ports.timers.cancel(this.#timer)
    this.#timer = null
  }
}

/** RFC 6665 §8.2.3: `active;expires=3600`, `terminated;reason=probation;retry-after=60`; null when malformed. */
function subscriptionState(notify: SipMessage): SubscriptionState | null {
  const value = notify.first(HeaderId.subscriptionState)
  if (value === null) return null
  const semicolon = value.indexOf(';')
  const params = semicolon < 0 ? new Map<string, string | null>() : parseParams(value, semicolon)
  const name = (semicolon < 0 ? value : value.slice(0, semicolon)).trim().toLowerCase()
  if (params === null || name === '') return null
  const number = (key: string): number | null => {
    const digits = /^\d{1,9}$/.exec(params.get(key) ?? '')?.[0]
    return digits === undefined ? null : Number(digits)
  }
  return {
    name,
    expiresSeconds: number('expires'),
    reason: (params.get('reason') ?? '').toLowerCase(),
    retryAfterMs: Math.min(retryAfterMsMax, 1000 * (number('retry-after') ?? 0)),
  }
}
