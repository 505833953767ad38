/**
 * A device's publication (RFC 3903 §4): made, changed, refreshed, removed, one request at a time; made anew when the
 * server does not know it (412). Each state has a version by which watchers' views are judged.
 */
import type { ShownState } from '../workload/action.ts'
import { copied, type DevicePort } from './device-port.ts'
import { presenceDocument } from './documents.ts'
import { HeaderId, type HeaderLines, type SipMessage } from './sip.ts'

const never = Number.POSITIVE_INFINITY
const signedIn: ShownState = { cause: 'sign-in', state: 'available' }

export class Publishing {
  readonly #device: DevicePort
  #shown: ShownState = signedIn
  #entityTag: string | null = null
  /** A state that was not sent yet, and when it was due; -1: none. */
  #wantedUs = -1
  #refreshAtUs = never
  #retryAtUs = never
  #isAsking = false
  #isUnsettled = false
  /** The state changed while there was no line. */
  #isBehind = false
  #afterRemoval: (() => void) | null = null
  #publications = 0

  constructor(device: DevicePort) {
    this.#device = device
  }

  /** What is to be shown is published. */
  get isSettled(): boolean {
    return !this.#isUnsettled && !this.#isAsking && !this.#isBehind
  }

  get nextUs(): number {
    return this.#device.isRegistered && !this.#isAsking ? Math.min(this.#refreshAtUs, this.#retryAtUs) : never
  }

  /** The device has signed in: the state that was wanted meanwhile, or that somebody is there. */
  begin(nowUs: number): void {
    if (!this.#device.context.dialect.publishes) return this.#device.published()
    this.#entityTag = null
    this.#isBehind = false
    this.#want(nowUs)
  }

  /** A new line; what the server has of us it still has. */
  resume(nowUs: number): void {
    if (this.#isBehind) {
      this.#isBehind = false
      this.#retryAtUs = never
      this.#want(nowUs)
    } else this.onTime(nowUs)
  }

  show(shown: ShownState, dueUs: number): void {
    if (!this.#device.context.dialect.publishes) return
    this.#shown = shown
    if (this.#wantedUs >= 0) this.#device.context.recorder.count('publish.replaced')
    if (this.#device.isRegistered) this.#want(dueUs)
    else this.#isBehind = true
  }

  onTime(nowUs: number): void {
    if (!this.#device.isRegistered || this.#isAsking) return
    if (this.#retryAtUs <= nowUs) this.#next()
    else if (this.#refreshAtUs <= nowUs) this.#refresh()
  }

  /** Takes the publication back; `then` when the server has said so, or there is nothing to take back. */
  remove(then: () => void): void {
    this.#wantedUs = -1
    this.#refreshAtUs = this.#retryAtUs = never
    this.#settle()
    if (this.#isAsking) this.#afterRemoval = then
    else if (this.#entityTag === null) then()
    else this.#remove(then)
  }

  #want(dueUs: number): void {
    const { context, user } = this.#device
    context.recorder.statesDue(context.board.watchersOf(user))
    this.#wantedUs = dueUs
    this.#unsettle()
    if (!this.#isAsking) this.#next()
  }

  #next(): void {
    if (!this.#device.isRegistered || this.#wantedUs < 0) return
    const dueUs = this.#wantedUs
    this.#wantedUs = -1
    this.#retryAtUs = never
    this.#publish(dueUs)
  }

  #publish(dueUs: number): void {
    const { context, user, number } = this.#device
    const version = context.board.nextVersion(user)
    const address = context.naming.aor(user).slice(4)
    const body = presenceDocument({ address, device: number, shown: this.#shown, version, dueUs })
    this.#ask(this.#device.expiresSeconds, dueUs, body, (status, response, sentUs) => {
      this.#answered(status, response, { version, dueUs, sentUs })
    })
  }

  #answered(
    status: number,
    response: SipMessage | null,
    of: { readonly version: number; readonly dueUs: number; readonly sentUs: number },
  ): void {
    const { context, user, number } = this.#device
    const nowUs = context.outside.nowUs()
    if (status >= 200 && status < 300) {
      context.board.confirm(user, number, of.version)
      this.#granted(response, nowUs)
      this.#device.published()
      if (this.#wantedUs < 0) this.#settle()
    } else if (status === 412) this.#startOver(of.dueUs)
    else {
      if (status !== 0) this.#device.judge.failed('D5', status, of.dueUs)
      if (this.#wantedUs < 0) this.#wantedUs = of.dueUs
      this.#retryAtUs = status === 0 ? nowUs : nowUs + this.#device.retryUs(response)
    }
    this.#goOn()
  }

  /** RFC 3903 §4.2: what the server has forgotten is published as new. */
  #startOver(dueUs: number): void {
    this.#device.context.recorder.count('publish.412')
    this.#entityTag = null
    if (this.#wantedUs < 0) this.#wantedUs = dueUs
    this.#unsettle()
  }

  #refresh(): void {
    const dueUs = this.#refreshAtUs
    this.#refreshAtUs = never
    this.#ask(this.#device.expiresSeconds, dueUs, null, (status, response) => {
      const nowUs = this.#device.context.outside.nowUs()
      if (status >= 200 && status < 300) this.#granted(response, nowUs)
      else if (status === 412) this.#startOver(nowUs)
      else {
        if (status !== 0) this.#device.judge.failed('D5', status, dueUs)
        this.#refreshAtUs = nowUs + (status === 0 ? 0 : this.#device.retryUs(response))
      }
      this.#goOn()
    })
  }

  #remove(then: () => void): void {
    const { context, user, number } = this.#device
    this.#ask(0, context.outside.nowUs(), null, (status) => {
      // Refused: the server has nothing of it any more. No answer: it may have.
      if (status !== 0 && status !== 408) context.board.confirm(user, number, 0)
      this.#entityTag = null
      then()
    })
  }

  #goOn(): void {
    const then = this.#afterRemoval
    this.#afterRemoval = null
    if (then) return this.remove(then)
    if (this.#retryAtUs === never) this.#next()
    this.#device.rearm()
  }

  #granted(response: SipMessage | null, nowUs: number): void {
    const tag = response?.first(HeaderId.sipEtag) ?? null
    this.#entityTag = tag === null ? null : copied(tag)
    // Each change begins it anew: few publications of a day under way are as old as its registrations.
    this.#refreshAtUs = nowUs + this.#device.refreshUs(response?.expiresSeconds ?? null, true)
  }

  #unsettle(): void {
    if (!this.#isUnsettled) this.#device.context.board.addUnsettled(this.#device.user, 1)
    this.#isUnsettled = true
  }

  #settle(): void {
    if (this.#isUnsettled) this.#device.context.board.addUnsettled(this.#device.user, -1)
    this.#isUnsettled = false
  }

  #ask(
    expiresSeconds: number,
    dueUs: number,
    body: Buffer | null,
    then: (status: number, response: SipMessage | null, sentUs: number) => void,
  ): void {
    const { context, user } = this.#device
    const own = context.naming.aor(user)
    const headers: HeaderLines = [
      ['Event', 'presence'],
      ['Expires', String(expiresSeconds)],
      ...(this.#entityTag === null ? [] : [['SIP-If-Match', this.#entityTag] as const]),
    ]
    this.#isAsking = true
    const name = `p${(++this.#publications).toString(36)}`
    this.#device.send({
      method: 'PUBLISH',
      requestUri: own,
      from: own,
      fromTag: name,
      to: own,
      toTag: null,
      callId: this.#device.callId(name),
      route: null,
      headers,
      ...(body !== null && { contentType: 'application/pidf+xml' }),
      body,
      operation: 'publish',
      dueUs,
      onFinal: (status, response, sentUs) => {
        this.#isAsking = false
        then(status, response, sentUs)
      },
    })
  }
}
