/**
 * A SIP user agent for instant messages and presence (RFC 3261, 3428, 5626, 3856): signs in, stays signed in, sends and
 * receives. Pure: flows, time and randomness are handed in (`ports.ts`), what happens is told as events (`events.ts`).
 *
 *   start ─► connecting ─► registering ─► ready ─► (stop) leaving ─► stopped
 *               ▲  └──── failure ────┴──────┘                           ▲
 *               └─ waiting (back-off) ◄┘            refused by the server ┘
 */
import type { TransportFlow } from '../../ports/flows.ts'
import type { TimerHandle, TimerTarget } from '../../ports/timers.ts'
import { parseMessage } from '../../sip/message/parse.ts'
import type { SipMessage } from '../../sip/message/sip-message.ts'
import { type Aor, aorUser } from '../../sip/uri/aor.ts'
import { type ComposingNotice, encodeComposing } from '../bodies/composing-notice.ts'
import { encodeDelivered } from '../bodies/delivery-notification.ts'
import { MediaTypes } from '../bodies/media-type.ts'
import type { PresenceState } from '../bodies/presence-body.ts'
import { backOffMs } from './back-off.ts'
import { Composers, OwnComposing } from './composing.ts'
import { Credentials } from './credentials.ts'
import type { AgentEvent, AgentListener, MessageOutcome, OutgoingMessage } from './events.ts'
import { Inbox } from './inbox.ts'
import { KeepAlive } from './keep-alive.ts'
import { retryAfterMsMax, signOutDeadlineMs } from './limits.ts'
import { localAddress } from './local-address.ts'
import { Outbox, plainTextType, textBody } from './outbox.ts'
import type { AgentFlowSink, AgentPorts, ConnectFailure } from './ports.ts'
import { Presence } from './presence.ts'
import { type AskedDelivery, messageId, readMessage, sentTimeMs } from './read-message.ts'
import { Registration, type RegistrationUser } from './registration.ts'
import { Requests } from './requests.ts'
import { SeenMessages } from './seen-messages.ts'
import type { AgentSettings } from './settings.ts'

type State = 'new' | 'connecting' | 'registering' | 'ready' | 'waiting' | 'leaving' | 'stopped'

const reconnectTime = 0
const signOutTime = 1

export class UserAgent implements AgentFlowSink, RegistrationUser, TimerTarget {
  readonly #settings: AgentSettings
  readonly #ports: AgentPorts
  readonly #listener: AgentListener
  readonly #requests: Requests
  readonly #registration: Registration
  readonly #outbox: Outbox
  readonly #inbox: Inbox
  readonly #keepAlive: KeepAlive
  readonly #presence: Presence
  readonly #composers: Composers
  readonly #ownComposing: OwnComposing
  readonly #seen: SeenMessages
  /** Peers whom nobody can tell that we type: the last notice was refused, or the last message for want of a user. */
  readonly #unreachable = new Set<Aor>()
  #state: State = 'new'
  #flow: TransportFlow | null = null
  #timer: TimerHandle | null = null
  #failuresCount = 0

  constructor(settings: AgentSettings, ports: AgentPorts, listener: AgentListener) {
    const { aor, username, password, userAgent, seen } = settings
    this.#settings = settings
    this.#ports = ports
    this.#listener = listener
    const credentials = new Credentials(username ?? aorUser(aor), password, ports.entropy)
    this.#requests = new Requests(aor, userAgent, credentials, ports)
    this.#registration = new Registration(settings, this.#requests, ports.timers, this)
    this.#outbox = new Outbox(this.#requests)
    this.#inbox = new Inbox(ports, (request) => this.#receive(request))
    this.#presence = new Presence(settings, this.#requests, ports, (event) => this.#emit(event))
    this.#keepAlive = new KeepAlive(ports, () => this.#fail(unanswered, null))
    this.#composers = new Composers(ports.timers, (from, isActive) => this.#emit({ kind: 'composing', from, isActive }))
    this.#ownComposing = new OwnComposing(ports.timers, (peer, notice) => this.#sendComposing(peer, notice))
    this.#seen = new SeenMessages(seen)
  }

  get isReady(): boolean {
    return this.#state === 'ready'
  }

  /** Messages without an outcome yet. */
  get pendingCount(): number {
    return this.#outbox.pendingCount
  }

  start(): void {
    if (this.#state === 'new') this.#connect()
  }

  /** Its outcome comes as an event, perhaps at once; without a connection it waits for one. */
  send(message: OutgoingMessage): void {
    const { peer, text } = message
    this.#ownComposing.forget()
    const onOutcome = (outcome: MessageOutcome) => {
      if (outcome.kind === 'delivered') this.#unreachable.delete(peer)
      else if (outcome.kind === 'failed' && outcome.status === 404) this.#unreachable.add(peer)
      this.#emit({ kind: 'outcome', message, outcome })
    }
    if (this.#state === 'stopped') onOutcome({ kind: 'failed', status: 0, reason: 'you are signed out' })
    else this.#outbox.add({ peer, contentType: plainTextType, body: textBody(text), onOutcome })
  }

  /** The user has typed, and there is text or there is none any more. */
  typed(peer: Aor, hasText: boolean): void {
    if (!this.isReady) return
    if (hasText) this.#ownComposing.typed(peer)
    else this.#ownComposing.cleared()
  }

  /** Follows this person's presence from now on; told as events. Without a connection it waits for one. */
  watch(person: Aor): void {
    if (this.#state !== 'leaving' && this.#state !== 'stopped') this.#presence.watch(person)
  }

  /** The same for all contacts that the server keeps for this user. */
  watchContacts(): void {
    if (this.#state !== 'leaving' && this.#state !== 'stopped') this.#presence.watchContacts()
  }

  /** Lets others see this state, as long as this agent is there. Its fate comes as an event. */
  publish(state: PresenceState): void {
    if (this.#state !== 'leaving' && this.#state !== 'stopped') this.#presence.publish(state)
  }

  /** Tries at once what would be tried later. */
  reconnect(): void {
    if (this.#state === 'waiting') this.#connect()
  }

  /** Signs out; `stopped` follows, within two seconds. */
  stop(): void {
    if (this.#state === 'leaving' || this.#state === 'stopped') return
    if (this.#state !== 'ready') return this.#end()
    this.#ownComposing.cleared()
    this.#state = 'leaving'
    this.#keepAlive.end()
    this.#setTimer(signOutDeadlineMs, signOutTime)
    this.#presence.end(() => this.#registration.end(() => this.#end()))
  }

  onFlowOpened(flow: TransportFlow): void {
    if (this.#state !== 'connecting') return flow.close('chat.not-needed')
    this.#state = 'registering'
    this.#flow = flow
    const local = localAddress(flow, this.#settings.aor, this.#ports.entropy)
    this.#requests.open(flow, local)
    this.#registration.begin(local.contactUri)
  }

  onFlowMessage(flow: TransportFlow, bytes: Buffer): void {
    const { message, fault } = parseMessage(bytes)
    if (flow !== this.#flow || message === null) return
    if (message.isRequest) this.#inbox.onRequest(flow, message, fault?.status ?? 0)
    else if (fault === null) this.#requests.onResponse(message)
  }

  onFlowFault(): void {
    // The transport ends the flow, and `onFlowClosed` follows.
  }

  onFlowClosed(flow: TransportFlow): void {
    if (flow !== this.#flow) return
    if (this.#state === 'leaving') this.#end()
    else this.#fail({ words: 'the connection has ended', isLasting: false }, null)
  }

  onConnectFailed(failure: ConnectFailure): void {
    if (this.#state === 'connecting') this.#fail(failure, null)
  }

  onPong(): void {
    this.#keepAlive.onPong()
  }

  onRegistered(flowTimerSeconds: number | null): void {
    const flow = this.#flow
    if (flow === null) return
    this.#state = 'ready'
    this.#failuresCount = 0
    this.#keepAlive.begin(flow, flowTimerSeconds)
    this.#emit({ kind: 'registered', transport: flow.transport, address: `${flow.remoteAddress}:${flow.remotePort}` })
    this.#outbox.open()
    this.#presence.open()
  }

  onRefused(status: number, reason: string): void {
    this.#state = 'stopped'
    this.#leaveFlow('chat.refused')
    this.#emit({ kind: 'refused', status, reason })
    this.#outbox.fail('the server did not let you in')
  }

  onRegistrationFailed(words: string, retryAfterMs: number | null): void {
    this.#fail({ words, isLasting: false }, retryAfterMs)
  }

  onTimer(kind: number): void {
    this.#timer = null
    if (kind === signOutTime) this.#end()
    else this.#connect()
  }

  #connect(): void {
    this.#clearTimer()
    this.#state = 'connecting'
    this.#emit({ kind: 'connecting' })
    this.#ports.connector.connect(this)
  }

  /** Whatever went wrong with the flow or before it: waits, and tries again. */
  #fail(failure: ConnectFailure, retryAfterMs: number | null): void {
    this.#state = 'waiting'
    this.#leaveFlow('chat.failed')
    // The owner heard of messages that were lost with the flow, and may have had enough.
    if (this.#state !== 'waiting') return
    this.#failuresCount++
    const { backOff } = this.#settings
    const ownMs = backOffMs(backOff, this.#failuresCount, this.#ports.entropy)
    const retryMs = Math.max(ownMs, Math.min(retryAfterMs ?? 0, retryAfterMsMax))
    this.#setTimer(retryMs, reconnectTime)
    this.#emit({ kind: 'disconnected', failure, retryMs })
  }

  #end(): void {
    if (this.#state === 'stopped') return
    // First, since what is lost with the flow may lead back here.
    this.#state = 'stopped'
    this.#leaveFlow('chat.stopped')
    this.#outbox.fail('you signed out before it was sent')
    this.#emit({ kind: 'stopped' })
  }

  #leaveFlow(reason: string): void {
    const flow = this.#flow
    this.#flow = null
    this.#clearTimer()
    this.#keepAlive.end()
    this.#presence.close()
    this.#registration.leave()
    this.#outbox.close()
    this.#requests.close()
    this.#inbox.close()
    this.#ownComposing.forget()
    this.#composers.clear()
    this.#unreachable.clear()
    flow?.close(reason)
  }

  #receive(request: SipMessage): number {
    if (request.method === 'NOTIFY') return this.#presence.onNotify(request)
    const read = readMessage(request, this.#settings.aor)
    if (read.kind === 'rejected') return read.status
    if (read.kind === 'composing') this.#composers.onNotice(read.from, read.notice)
    if (read.kind === 'composing' || read.kind === 'silent') return 200
    const id = messageId(request)
    if (this.#seen.has(id)) return 200
    const sentMs = sentTimeMs(request) ?? this.#ports.clock.systemMs()
    if (read.kind === 'sent-copy') {
      this.#emit({ kind: 'sent-copy', to: read.to, text: read.text, sentMs: read.sentMs ?? sentMs, id })
    } else {
      this.#unreachable.delete(read.from)
      this.#composers.onMessage(read.from)
      this.#emit({ kind: 'message', from: read.from, text: read.text, sentMs, id })
      if (read.delivery !== null) this.#notifyDelivered(read.from, read.delivery, sentMs)
    }
    // Only now: if showing or keeping it failed, the server must bring it again.
    this.#seen.add(id)
    return 200
  }

  #notifyDelivered(sender: Aor, delivery: AskedDelivery, sentMs: number): void {
    const { clock, entropy } = this.#ports
    const body = encodeDelivered({
      messageId: delivery.messageId,
      recipient: this.#settings.aor,
      sender,
      sentMs: delivery.sentMs ?? sentMs,
      nowMs: clock.systemMs(),
      notificationId: entropy.word(12),
    })
    this.#outbox.add({ peer: sender, contentType: MediaTypes.cpim, body, onOutcome: null })
  }

  /** Worth nothing later: an active one does not wait, and a peer who could not be told before is not told again. */
  #sendComposing(peer: Aor, notice: ComposingNotice): void {
    if (!this.isReady || this.#unreachable.has(peer)) return
    if (notice.isActive && this.#outbox.isBusy(peer)) return
    const onOutcome = (outcome: MessageOutcome) => {
      if (outcome.kind === 'failed') this.#unreachable.add(peer)
    }
    this.#outbox.add({ peer, contentType: MediaTypes.composing, body: encodeComposing(notice), onOutcome })
  }

  #setTimer(delayMs: number, kind: number): void {
    this.#clearTimer()
    this.#timer = this.#ports.timers.set(delayMs, this, kind)
  }

  #clearTimer(): void {
    if (this.#timer !== null) this.#ports.timers.cancel(this.#timer)
    this.#timer = null
  }

  #emit(event: AgentEvent): void {
    this.#listener.onAgentEvent(event)
  }
}

const unanswered: ConnectFailure = { words: 'the server does not answer any more', isLasting: false }
