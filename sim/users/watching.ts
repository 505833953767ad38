/**
 * A device's subscriptions (RFC 6665 §4.1): to its contacts, one by one or as a list, and to further packages; made,
 * refreshed, ended, and made anew when the server has forgotten them. What NOTIFYs say goes to the verifier.
 */
import { neverTold } from '../verify/presence-verifier.ts'
import { readStates, type ToldState } from '../verify/told-states.ts'
import type { DeviceManners } from '../workload/action.ts'
import type { DevicePort } from './device-port.ts'
import { copied } from './device-port.ts'
import { resourceList } from './documents.ts'
import { HeaderId, type HeaderLines, type SipMessage } from './sip.ts'
import { StandingWatches } from './standing-watches.ts'
import { Subscription, subscriptionHeaders } from './subscription.ts'

/** SUBSCRIBEs of one device that wait for their answer: no device sends a thousand at once. */
const askingMax = 24

export class Watching {
  readonly #device: DevicePort
  readonly #contacts: Uint32Array
  readonly #packages: readonly string[]
  /** One word for each contact, see `presence-verifier.ts`; behind them, since when each is watched. */
  readonly #seen: Uint32Array
  readonly #standing: StandingWatches
  #subscriptions: Subscription[] = []
  #names = 0
  #asking = 0
  /** First states that are still missing, and since when they were wanted. */
  #untold = 0
  #dueUs = 0
  #isEnding = false
  #afterEnd: (() => void) | null = null

  constructor(device: DevicePort, contacts: Uint32Array, manners: DeviceManners) {
    this.#device = device
    this.#contacts = contacts
    this.#packages = manners.extraPackages
    this.#seen = new Uint32Array(2 * contacts.length)
    this.#standing = new StandingWatches(device.context.board, contacts, this.#seen)
  }

  /** Every subscription to presence stands, and its last SUBSCRIBE was granted. */
  get isSettled(): boolean {
    return this.#subscriptions.every(({ isPresence, isFetch, remoteTag, isAsking, isRefused }) => {
      return !isPresence || isFetch || (remoteTag !== null && !isAsking && !isRefused)
    })
  }

  get nextUs(): number {
    if (!this.#device.isRegistered || this.#isEnding) return Number.POSITIVE_INFINITY
    let next = Number.POSITIVE_INFINITY
    for (const subscription of this.#subscriptions) next = Math.min(next, subscription.askAtUs)
    return next
  }

  /** The device has signed in: subscribes to all. */
  begin(dueUs: number): void {
    this.#isEnding = false
    this.#dueUs = dueUs
    this.#subscriptions = []
    this.#seen.fill(neverTold, 0, this.#contacts.length)
    const { watching } = this.#device.context.dialect
    if (watching === 'single')
      for (let index = 0; index < this.#contacts.length; index++) this.#add('presence', index, dueUs)
    else if (watching !== 'off' && this.#contacts.length > 0) this.#add('presence', -1, dueUs)
    this.#untold = this.#subscriptions.length
    for (const name of this.#packages) this.#add(name, -1, dueUs)
    if (this.#untold === 0) this.#device.contactsTold()
    this.onTime(dueUs)
  }

  /** Back on a new line: the old dialogs go on (RFC 5626 §4.3 has the same flow for all of them). */
  resume(nowUs: number): void {
    for (const subscription of this.#subscriptions) subscription.askAtUs = Math.min(subscription.askAtUs, nowUs)
    this.onTime(nowUs)
  }

  /** The line is lost; what was asked is asked again. */
  pause(): void {
    this.#standing.ended()
    this.#asking = 0
    for (const subscription of this.#subscriptions) subscription.isAsking = false
    const after = this.#afterEnd
    this.#afterEnd = null
    after?.()
  }

  onTime(nowUs: number): void {
    if (!this.#device.isRegistered || this.#isEnding) return
    for (const subscription of this.#subscriptions) {
      if (this.#asking >= askingMax) return
      if (subscription.askAtUs <= nowUs && !subscription.isAsking) this.#subscribe(subscription, subscription.askAtUs)
    }
  }

  /** Ends all; `then` when the server has said so. */
  end(then: () => void): void {
    this.#isEnding = true
    this.#standing.ended()
    const standing = this.#subscriptions.filter(({ remoteTag }) => remoteTag !== null)
    this.#afterEnd = then
    for (const subscription of standing) this.#unsubscribe(subscription)
    this.#subscriptions = []
    this.#endedOne()
  }

  /** Asks once for the state of a contact. */
  poll(contact: number, dueUs: number): void {
    const index = indexIn(this.#contacts, contact)
    if (index < 0) return
    const fetch = new Subscription('presence', index, ++this.#names)
    fetch.isFetch = true
    this.#subscriptions.push(fetch)
    this.#ask(fetch, 0, dueUs, (status, _, sentUs) => {
      if (status >= 300 || status === 0) this.#drop(fetch)
      this.#device.judge.answered('D7', status, dueUs, sentUs)
    })
  }

  /** The status to answer with. */
  onNotify(request: SipMessage, nowUs: number): number {
    const subscription = this.#find(request.callId ?? '')
    if (!subscription) return 481
    const tag = request.from?.tag ?? ''
    if (subscription.remoteTag !== null && subscription.remoteTag !== tag) return 481
    const cseq = request.cseq?.number ?? 0
    if (cseq <= subscription.remoteCseq) return 500
    subscription.remoteCseq = cseq
    this.#learn(subscription, request)
    if (subscription.isPresence && request.body.length > 0) this.#read(request.body, subscription, nowUs)
    const state = request.named('Subscription-State') ?? 'active'
    if (state.startsWith('terminated')) this.#terminated(subscription, state, nowUs)
    else if (!subscription.isTold) this.#toldFirst(subscription, nowUs)
    return 200
  }

  /** Calls `look` with each contact and what is shown of it; only where a subscription stands. */
  forEachWatch(look: (contact: number, seen: number) => void): void {
    if (!this.#subscriptions.some(({ isPresence, remoteTag }) => isPresence && remoteTag !== null)) return
    for (let index = 0; index < this.#contacts.length; index++) look(this.#contacts[index]!, this.#seen[index]!)
  }

  #add(name: string, contact: number, askAtUs: number): void {
    const subscription = new Subscription(name, contact, ++this.#names)
    subscription.askAtUs = askAtUs
    this.#subscriptions.push(subscription)
  }

  #find(callId: string): Subscription | undefined {
    const name = Number.parseInt(callId.slice(callId.lastIndexOf('-s') + 2), 36)
    return this.#subscriptions.find((subscription) => subscription.name === name)
  }

  #learn(subscription: Subscription, message: SipMessage): void {
    const { context } = this.#device
    const tag = message.isRequest ? message.from?.tag : message.to?.tag
    if (subscription.remoteTag === null && tag) subscription.remoteTag = copied(tag)
    const contacts = message.contacts
    if (Array.isArray(contacts) && contacts[0]) subscription.target = context.shared(contacts[0].uri)
    if (subscription.route !== null) return
    const routes = message.values(HeaderId.recordRoute)
    if (!message.isRequest) routes.reverse()
    if (routes.length > 0) subscription.route = context.shared(routes.join(', '))
  }

  #read(body: Buffer, subscription: Subscription, nowUs: number): void {
    const { naming } = this.#device.context
    const text = body.toString('latin1')
    readStates(
      text,
      (name) => naming.userOf(name),
      (user, state) => this.#told(user, state, subscription, nowUs),
    )
  }

  #told(user: number, state: ToldState, subscription: Subscription, nowUs: number): void {
    const { context } = this.#device
    const index = indexIn(this.#contacts, user)
    if (index < 0) return context.presence.foreign(this.#device.user, user)
    const before = this.#seen[index]!
    const { seen, isNews } = context.presence.told(this.#device.user, user, state, before)
    this.#seen[index] = seen
    if (isNews && this.#standing.wasDue(index, state.dueUs)) context.recorder.stateTold(nowUs - state.dueUs)
    if (!subscription.isFetch && !this.#isEnding) this.#standing.told(index, nowUs)
    // What was published before this device was there to hear it is no propagation.
    if (isNews && before !== neverTold && state.dueUs > subscription.sinceUs) {
      context.recorder.latency('D5', state.dueUs, state.dueUs, nowUs)
    }
  }

  #toldFirst(subscription: Subscription, nowUs: number): void {
    subscription.isTold = true
    if (!subscription.isPresence || subscription.isFetch || this.#untold === 0 || --this.#untold > 0) return
    this.#device.context.recorder.latency('D7', this.#dueUs, this.#dueUs, nowUs)
    this.#device.contactsTold()
  }

  #terminated(subscription: Subscription, state: string, nowUs: number): void {
    if (subscription.isFetch || this.#isEnding) return this.#drop(subscription)
    if (subscription.isPresence) this.#standing.ended(subscription.contact)
    const isForGood = /reason=(rejected|noresource)/.test(state)
    this.#device.context.recorder.count(`terminated.${/reason=(\w+)/.exec(state)?.[1] ?? 'none'}`)
    if (isForGood) return this.#drop(subscription)
    const retryS = Number(/retry-after=(\d+)/.exec(state)?.[1] ?? 0)
    subscription.renew(++this.#names, nowUs + retryS * 1e6)
    this.#device.rearm()
  }

  #drop(subscription: Subscription): void {
    if (subscription.isPresence && !subscription.isFetch) this.#standing.ended(subscription.contact)
    this.#subscriptions = this.#subscriptions.filter((each) => each !== subscription)
  }

  #subscribe(subscription: Subscription, dueUs: number): void {
    subscription.askAtUs = Number.POSITIVE_INFINITY
    subscription.sinceUs = this.#device.context.outside.nowUs()
    this.#ask(subscription, this.#device.expiresSeconds, dueUs, (status, response) => {
      this.#answered(subscription, status, response)
    })
  }

  #answered(subscription: Subscription, status: number, response: SipMessage | null): void {
    const nowUs = this.#device.context.outside.nowUs()
    subscription.isRefused = status < 200 || status >= 300
    if (status === 0) {
      // The server may have made the dialog: what it says in that must not be taken for the next one.
      if (subscription.remoteTag === null) subscription.renew(++this.#names, nowUs)
      subscription.askAtUs = nowUs
      return
    }
    if (status < 300 && response) {
      this.#learn(subscription, response)
      subscription.askAtUs = nowUs + this.#device.refreshUs(response.expiresSeconds)
    } else if (status === 481) subscription.renew(++this.#names, nowUs)
    else {
      this.#device.judge.failed('D7', status, nowUs)
      subscription.askAtUs = nowUs + this.#device.retryUs(response)
    }
    this.onTime(nowUs)
    this.#device.rearm()
  }

  #unsubscribe(subscription: Subscription): void {
    const nowUs = this.#device.context.outside.nowUs()
    this.#ask(subscription, 0, nowUs, () => this.#endedOne())
  }

  #endedOne(): void {
    if (this.#asking > 0 || this.#afterEnd === null) return
    const then = this.#afterEnd
    this.#afterEnd = null
    then()
  }

  #ask(
    subscription: Subscription,
    expiresSeconds: number,
    dueUs: number,
    then: (status: number, response: SipMessage | null, sentUs: number) => void,
  ): void {
    const { context, user } = this.#device
    const own = context.naming.aor(user)
    const to = this.#resource(subscription, own)
    const isOwnList = context.dialect.watching === 'own-list' && subscription.isList && expiresSeconds > 0
    const headers: HeaderLines = [
      ['Contact', this.#device.contact],
      ['Expires', String(expiresSeconds)],
      ...subscriptionHeaders(subscription, isOwnList),
    ]
    this.#asking++
    subscription.isAsking = true
    this.#device.send({
      method: 'SUBSCRIBE',
      requestUri: subscription.target ?? to,
      from: own,
      fromTag: `s${subscription.name.toString(36)}`,
      to,
      toTag: subscription.remoteTag,
      callId: this.#device.callId(`s${subscription.name.toString(36)}`),
      route: subscription.route,
      headers,
      ...(isOwnList && { contentType: 'application/resource-lists+xml' }),
      body: isOwnList ? resourceList([...this.#contacts].map((contact) => context.naming.aor(contact))) : null,
      operation: 'subscribe',
      dueUs,
      onFinal: (status, response, sentUs) => {
        this.#asking = Math.max(0, this.#asking - 1)
        subscription.isAsking = false
        then(status, response, sentUs)
      },
    })
  }

  #resource({ contact, isList }: Subscription, own: string): string {
    const { context } = this.#device
    if (isList && context.dialect.watching === 'list') return own.replace('@', '+contacts@')
    return contact >= 0 ? context.naming.aor(this.#contacts[contact]!) : own
  }
}

/** Index in the rising list, -1 where it is missing. */
function indexIn(contacts: Uint32Array, user: number): number {
  let [low, high] = [0, contacts.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (contacts[middle]! < user) low = middle + 1
    else high = middle
  }
  return contacts[low] === user ? low : -1
}
