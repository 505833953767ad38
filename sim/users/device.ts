/**
 * A simulated device: signs in on a line of its own, stays registered (RFC 3261 §10, RFC 5626), comes back when the
 * line is lost, signs out. What it watches, publishes and says is `watching.ts`, `publishing.ts`, `talking.ts`.
 */
import type { DeviceManners, ShownState } from '../workload/action.ts'
import { Absence } from './absence.ts'
import type { Context } from './context.ts'
import { Credentials } from './credentials.ts'
import type { DevicePort } from './device-port.ts'
import { Judge } from './judge.ts'
import { KeepAlive } from './keep-alive.ts'
import { operationOf } from './operation-of.ts'
import type { Line, LineUser } from './outside.ts'
import { Publishing } from './publishing.ts'
import { Registration } from './registration.ts'
import type { Request, Sender } from './requests.ts'
import { SignOn } from './sign-on.ts'
import { encodeResponse, HeaderId, parseMessage, type SipMessage } from './sip.ts'
import { Talking } from './talking.ts'
import { Watching } from './watching.ts'

const never = Number.POSITIVE_INFINITY
const retryUs = 60_000_000
/** Steps of signing out that get no answer do not keep the device. */
const signOutUs = 8_000_000

/** `connecting`, then `registering`, then `registered`; `resting`: waits to come back. */
type State = 'out' | 'connecting' | 'registering' | 'registered' | 'resting' | 'leaving'

export class Device implements DevicePort, LineUser, Sender {
  readonly context: Context
  readonly index: number
  readonly user: number
  readonly number: number
  readonly credentials: Credentials
  readonly judge: Judge
  readonly talking: Talking
  readonly #manners: DeviceManners
  readonly #watching: Watching
  readonly #publishing: Publishing
  readonly #registration: Registration
  readonly #signOn: SignOn
  readonly #keepAlive: KeepAlive
  readonly #absence: Absence
  #line: Line | null = null
  #state: State = 'out'
  #cseq = 0
  #dueUs = 0
  #registerAtUs = never
  /** Comes back, or gives up leaving, then. */
  #wakeUs = never
  #failures = 0
  #isResuming = false
  #afterLeaving: (() => void) | null = null

  constructor(
    context: Context,
    index: number,
    user: number,
    number: number,
    manners: DeviceManners,
    contacts: Uint32Array,
  ) {
    this.context = context
    this.index = index
    this.user = user
    this.number = number
    this.judge = new Judge(context)
    this.credentials = new Credentials(context, user)
    this.#manners = manners
    this.#keepAlive = new KeepAlive(context, manners.keepAliveMs)
    this.#absence = new Absence(context.board, user, number)
    this.#signOn = new SignOn(context)
    this.#registration = new Registration(this, manners.expiresSeconds)
    this.#watching = new Watching(this, contacts, manners)
    this.#publishing = new Publishing(this)
    this.talking = new Talking(this)
  }

  get line(): Line | null {
    return this.#line
  }

  get isRegistered(): boolean {
    return this.#state === 'registered'
  }

  /** Its user wants it to be there. */
  get isWanted(): boolean {
    return this.#state !== 'out' && this.#state !== 'leaving'
  }

  /** What is still to be done so that it is there, shown and told; null: nothing, or nobody wants it there. */
  get lacking(): string | null {
    if (this.#state === 'out') return null
    if (this.#state !== 'registered') return `is ${this.#state}`
    if (!this.#publishing.isSettled) return 'has a state to publish'
    return this.#watching.isSettled ? null : 'has subscriptions to make'
  }

  get expiresSeconds(): number {
    return this.#registration.expiresSeconds
  }

  get address(): { readonly host: string; readonly port: number } {
    return { host: this.#line?.localAddress ?? '', port: this.#line?.localPort ?? 0 }
  }

  get contact(): string {
    const { host, port } = this.address
    const name = this.context.naming.userName(this.user)
    return `<sip:${name}@${host}:${port}${this.context.uriTransport};ob>`
  }

  callId(name: string): string {
    return `${this.context.runId}-${this.index.toString(36)}-${name}`
  }

  nextCseq(): number {
    return ++this.#cseq
  }

  signIn(dueUs: number, isPasswordWrong: boolean): void {
    if (this.isWanted) return this.context.recorder.count('sign-in.already')
    if (this.#state === 'leaving') {
      this.#afterLeaving = () => this.signIn(dueUs, isPasswordWrong)
      return
    }
    this.credentials.isPasswordWrong = isPasswordWrong
    this.#signOn.begin(isPasswordWrong ? null : dueUs)
    this.#isResuming = false
    this.#failures = 0
    this.context.board.addPresent(this.user, 1)
    this.#absence.begin()
    this.#connect(dueUs)
  }

  signOut(dueUs: number): void {
    this.#afterLeaving = null
    if (!this.isWanted) return
    if (this.#state !== 'registered') return this.#leave()
    this.#signOn.begin(null)
    this.#state = 'leaving'
    this.#watching.end(() => this.#publishing.remove(() => this.#unregister(dueUs)))
    this.#keepAlive.stop()
    this.#registerAtUs = never
    this.#wakeUs = this.context.outside.nowUs() + signOutUs
    this.rearm()
  }

  show(shown: ShownState, dueUs: number): void {
    if (this.isWanted) this.#publishing.show(shown, dueUs)
  }

  poll(contact: number, dueUs: number): void {
    if (this.isRegistered) this.#watching.poll(contact, dueUs)
  }

  /** The network under the device is gone for so long (real time). */
  loseFlow(forUs: number): void {
    if (!this.isWanted) return
    const nowUs = this.context.outside.nowUs()
    this.judge.excuse(nowUs)
    this.context.board.noteFault(this.user, nowUs)
    this.#dropLine('gone')
    this.#rest(nowUs + forUs)
  }

  /** At the end of the run: nothing more is done. */
  abandon(): void {
    this.#state = 'out'
    this.#dropLine('clean')
  }

  forEachWatch(look: (contact: number, seen: number) => void): void {
    if (this.isRegistered) this.#watching.forEachWatch(look)
  }

  onWake(nowUs: number): void {
    if (this.#wakeUs <= nowUs) {
      this.#wakeUs = never
      if (this.#state === 'leaving') this.#leave()
      else if (this.#state === 'resting') this.#connect(nowUs)
    }
    if (this.#keepAlive.isLost(nowUs)) return this.#noPong()
    if (this.#state === 'registered') {
      if (this.#registerAtUs <= nowUs) this.#register(this.#registerAtUs)
      if (this.#keepAlive.isDue(nowUs)) this.#line?.ping()
      this.#watching.onTime(nowUs)
      this.#publishing.onTime(nowUs)
    }
    this.rearm()
  }

  rearm(): void {
    const own = Math.min(this.#registerAtUs, this.#keepAlive.nextUs, this.#wakeUs)
    this.context.wakeAt(this.index, Math.min(own, this.#watching.nextUs, this.#publishing.nextUs))
  }

  onLine(line: Line): void {
    if (this.#state !== 'connecting') return line.close('clean')
    this.#line = line
    this.#state = 'registering'
    this.credentials.forget()
    this.#register(this.context.outside.nowUs())
  }

  onNoLine(reason: string): void {
    if (this.#state !== 'connecting') return
    const nowUs = this.context.outside.nowUs()
    this.context.recorder.count(`unconnected.${reason}`)
    if (!this.judge.isExcused(nowUs)) this.context.recorder.failure('D2', 'unconnected', this.#dueUs)
    this.#comeBack(nowUs)
  }

  onLineLost(reason: string): void {
    const wasWanted = this.isWanted
    const nowUs = this.context.outside.nowUs()
    const line = this.#line
    this.#line = null
    this.context.recorder.count(`closed.${reason}`)
    if (wasWanted && !this.judge.isExcused(nowUs)) this.context.recorder.failure('D1', 'closed', nowUs)
    this.#afterLine(line)
    if (wasWanted) this.#comeBack(nowUs)
    else this.#leave()
  }

  onMessage(bytes: Buffer): void {
    const { context } = this
    const { message } = parseMessage(bytes)
    if (!message) return context.recorder.count('malformed')
    if (!message.isRequest) return context.requests.onResponse(message)
    const operation = operationOf(message)
    context.recorder.received(operation, bytes.length, operation === 'notify')
    const nowUs = context.outside.nowUs()
    const known = context.served?.find(this.index, message) ?? null
    const answer = known ?? this.#answer(message, nowUs)
    if (answer === null) return
    if (known === null) context.served?.note(this.index, message, answer, nowUs)
    context.recorder.sent(operation, answer.length, false)
    this.#line?.send(answer)
  }

  onPong(): void {
    this.#keepAlive.ponged()
    this.rearm()
  }

  send(request: Request): void {
    this.context.requests.send(this, request)
  }

  acknowledge(request: Omit<Request, 'onFinal'>, cseq: number): void {
    this.context.requests.acknowledge(this, request, cseq)
  }

  refreshUs(grantedSeconds: number | null, isYoung = false): number {
    const seconds = Math.min(grantedSeconds ?? this.expiresSeconds, this.expiresSeconds)
    const usual = Math.max(5, seconds) * this.#manners.refreshAt
    return ((isYoung ? usual : this.context.refreshAfter(usual)) * 1e6) / this.context.speed
  }

  retryUs(response: SipMessage | null): number {
    const seconds = Number(/^\d{1,6}/.exec(response?.first(HeaderId.retryAfter) ?? '')?.[0] ?? 0)
    const asked = seconds * 1e6
    // Those who were told the same wait do not come back in the same moment.
    return asked > 0 ? asked * (1 + this.context.outside.random() / 2) : retryUs / this.context.speed
  }

  contactsTold(): void {
    this.#signOn.contactsTold()
  }

  published(): void {
    this.#signOn.published()
  }

  /** Null: it needs none. */
  #answer(request: SipMessage, nowUs: number): Buffer | null {
    if (request.method !== 'NOTIFY') return this.talking.onRequest(request, nowUs)
    const answer = encodeResponse(request, this.#watching.onNotify(request, nowUs))
    this.rearm()
    return answer
  }

  #connect(dueUs: number): void {
    this.#dueUs = dueUs
    this.#state = 'connecting'
    this.context.outside.connect(this.index, this)
    this.rearm()
  }

  #register(dueUs: number): void {
    this.#registerAtUs = never
    this.#registration.register(dueUs, (status, response, sentUs) => {
      this.#registered(status, response, dueUs, sentUs)
    })
  }

  #registered(status: number, response: SipMessage | null, dueUs: number, sentUs: number): void {
    if (this.#state !== 'registering' && this.#state !== 'registered') return
    if (status === 0) return
    if (this.credentials.isPasswordWrong) return this.#refusedAsPlanned(status)
    if (status === 423 && this.#registration.lengthen(response)) return this.#register(dueUs)
    this.judge.answered('D1', status, dueUs, sentUs)
    const nowUs = this.context.outside.nowUs()
    if (status < 200 || status >= 300) return this.#notRegistered(response, nowUs)
    this.credentials.proved()
    this.#failures = 0
    this.#registerAtUs = nowUs + this.refreshUs(this.#registration.granted(response))
    if (this.#state === 'registering') this.#begin(nowUs)
    this.rearm()
  }

  #begin(nowUs: number): void {
    this.#state = 'registered'
    this.#absence.end()
    this.#keepAlive.begin(nowUs)
    if (this.#isResuming) {
      this.#publishing.resume(nowUs)
      this.#watching.resume(nowUs)
      return
    }
    this.#isResuming = true
    this.#publishing.begin(nowUs)
    this.#watching.begin(nowUs)
  }

  #refusedAsPlanned(status: number): void {
    this.context.recorder.count(`wrong-password.${status}`)
    this.#leave()
  }

  #notRegistered(response: SipMessage | null, nowUs: number): void {
    if (this.#state === 'registered') {
      this.#registerAtUs = nowUs + this.retryUs(response)
      return this.rearm()
    }
    this.#dropLine('clean')
    this.#rest(nowUs + this.retryUs(response))
  }

  #unregister(dueUs: number): void {
    if (this.#state !== 'leaving' || !this.#line) return
    this.#registration.remove(dueUs, (status, _, sentUs) => {
      if (status !== 0) this.judge.answered('D1', status, dueUs, sentUs)
      this.#leave()
    })
  }

  #leave(): void {
    if (this.#state === 'out') return
    this.#state = 'out'
    this.#dropLine('clean')
    this.#keepAlive.stop()
    this.#registerAtUs = this.#wakeUs = never
    this.context.board.addPresent(this.user, -1)
    this.#absence.leave(this.context.outside.nowUs())
    this.rearm()
    const then = this.#afterLeaving
    this.#afterLeaving = null
    then?.()
  }

  #noPong(): void {
    const nowUs = this.context.outside.nowUs()
    this.context.recorder.count('no-pong')
    if (!this.judge.isExcused(nowUs)) this.context.recorder.failure('D1', 'no-pong', nowUs)
    this.#dropLine('gone')
    this.#comeBack(nowUs)
  }

  #comeBack(nowUs: number): void {
    const waitMs = this.#manners.reconnectAfterMs(this.#failures++)
    this.#rest(nowUs + (waitMs * 1000) / this.context.speed)
  }

  #rest(untilUs: number): void {
    this.#absence.begin()
    this.#state = 'resting'
    this.#keepAlive.stop()
    this.#registerAtUs = never
    this.#wakeUs = untilUs
    this.rearm()
  }

  #dropLine(how: 'clean' | 'gone'): void {
    const line = this.#line
    if (!line) return
    this.#line = null
    line.close(how)
    this.#afterLine(line)
  }

  #afterLine(line: Line | null): void {
    if (line) this.context.requests.lineLost(line)
    this.#watching.pause()
    this.talking.pause()
  }
}
