/**
 * Makes and refreshes subscriptions (RFC 6665 §4.2.1): admission by the package, the answer with its tag, Expires and
 * Contact, and the NOTIFY that follows it.
 */
import type { AnswerMessage, HeaderLines, RequestMessage } from '../ports/bus.ts'
import { type Devices, devicesOn, ownUri } from '../registrar/index.ts'
import {
  type AuthenticatedRequest,
  makeAnswer,
  type Rejection,
  type ShardHost,
  storeUnavailable,
  type Unit,
} from '../shard/index.ts'
import { type Dialog, serverDialog } from '../sip/dialog/dialog.ts'
import { ownText } from '../sip/message/own-text.ts'
import { saidBy } from '../sip/message/quoted-string.ts'
import { anyState, conditionBehind, hasNamedOther, isConditionTrue } from './condition.ts'
import type { EventPackage } from './event-package.ts'
import type { EventMetrics } from './metrics.ts'
import type { Notifier } from './notifier.ts'
import * as rejections from './rejections.ts'
import type { EventSettings } from './settings.ts'
import { withShared } from './shared-terms.ts'
import { acceptsAny, type SubscribeRequest } from './subscribe-request.ts'
import { type EndReason, Subscription, type SubscriptionTerms } from './subscription.ts'
import type { SubscriptionKeeper } from './subscription-keeper.ts'
import type { Subscriptions } from './subscriptions.ts'

/** How long a package may ask elsewhere before the watcher is told to wait for a NOTIFY. */
const decisionMs = 4_000

export class Subscriber {
  readonly #host: ShardHost
  readonly #settings: EventSettings
  readonly #subscriptions: Subscriptions
  readonly #keeper: SubscriptionKeeper
  readonly #devices: Devices
  readonly #notifier: Notifier
  readonly #metrics: EventMetrics
  readonly #allowEvents: () => readonly [string, string]

  constructor(parts: {
    host: ShardHost
    settings: EventSettings
    subscriptions: Subscriptions
    keeper: SubscriptionKeeper
    devices: Devices
    notifier: Notifier
    metrics: EventMetrics
    allowEvents: () => readonly [string, string]
  }) {
    this.#host = parts.host
    this.#settings = parts.settings
    this.#subscriptions = parts.subscriptions
    this.#keeper = parts.keeper
    this.#devices = parts.devices
    this.#notifier = parts.notifier
    this.#metrics = parts.metrics
    this.#allowEvents = parts.allowEvents
  }

  /** A new one, in a dialog of its own or in that of another. Null: it was answered, or will be. */
  subscribe(
    unit: Unit,
    { message, account, identity }: AuthenticatedRequest,
    eventPackage: EventPackage,
    wanted: SubscribeRequest,
    sibling: Dialog | null = null,
  ): Rejection | null {
    const watcher = account.aor
    const other = this.#subscriptions.anyBy(watcher, message.source.flow)
    const dialog = sibling ?? serverDialog(message.request, this.#host.entropy.word(8), other?.dialog)
    if (!dialog) return rejections.noContact
    if (sibling && !sibling.afterRequest(message.request)) return rejections.outOfOrder
    const deviceKey = this.#deviceBehind(message, watcher)
    const { eventId, accept, supportsLists, supportsPartial } = wanted
    const parts = { watcher, eventPackage, eventId, deviceKey, dialog, accept, supportsLists, supportsPartial }
    const resourceUri = ownText(message.request.requestUri, dialog.localUri)
    const number = this.#subscriptions.nextNumber()
    const subscription = new Subscription({ ...parts, number, resourceUri }, this.#notifier)
    if (!acceptsAny(wanted, eventPackage.contentTypes)) return rejections.notAcceptable
    const admission = eventPackage.admit(subscription, wanted)
    if (typeof admission === 'object') return admission
    // A fetch (RFC 6665 §4.4.3) leaves what stands.
    const replaced = wanted.expiresSeconds === 0 ? [] : this.#replacedBy(subscription, message)
    if (this.#subscriptions.of(watcher).size - replaced.length >= this.#settings.subscriptionsPerUserMax) {
      return rejections.tooMany
    }
    // Nobody else knows this one yet.
    subscription.agree(withShared(termsOf(subscription, message, wanted, unit.nowMs), other))
    subscription.suppressIfMatch = wanted.suppressIfMatch
    const answer = { ...this.#answer(subscription, message, wanted), identity }
    unit.change(() => {
      sibling?.receiveRequest(message.request)
      this.#subscriptions.add(subscription)
      dialog.confirm()
      if (wanted.expiresSeconds > 0) this.#notifier.startExpiry(subscription)
    })
    unit.afterwards(() => {
      for (const each of replaced) this.#notifier.drop(each, 'replaced')
    })
    eventPackage.begin(unit, subscription)
    if (admission === 'asked') this.#waitFor(unit, subscription, answer)
    else this.#grant(unit, subscription, answer, admission)
    return null
  }

  refresh(
    unit: Unit,
    { message, identity }: AuthenticatedRequest,
    subscription: Subscription,
    wanted: SubscribeRequest,
  ): Rejection | null {
    const { dialog, eventPackage } = subscription
    const remote = dialog.afterRequest(message.request)
    if (!remote) return rejections.outOfOrder
    if (!acceptsAny(wanted, eventPackage.contentTypes)) return rejections.notAcceptable
    unit.change(() => void dialog.receiveRequest(message.request))
    const isEnd = wanted.expiresSeconds === 0
    const refreshed = (isEnd ? null : eventPackage.refresh?.(unit, subscription, wanted)) ?? null
    if (refreshed && 'status' in refreshed) return refreshed
    const other = this.#subscriptions.anyBy(subscription.watcher, message.source.flow)
    const terms = withShared(termsOf(subscription, message, wanted, unit.nowMs), other)
    unit.change(() => {
      subscription.agree(terms)
      subscription.suppressIfMatch = condition
      subscription.hasOther = hasOther
    })
    const isKnown = !refreshed && isConditionTrue(wanted, subscription) && !(isEnd && owesNewer(subscription, wanted))
    const condition = conditionBehind(wanted, subscription)
    const hasOther = hasNamedOther(wanted, subscription)
    const answer = { ...this.#answer(subscription, message, wanted), identity }
    if (isKnown) this.#metrics.suppressed.inc()
    this.#answerFlushed(unit, subscription, isKnown ? { ...answer, status: 204, reason: 'No Notification' } : answer)
    if (!isEnd) {
      const renewed = { ...terms, ...remote, body: refreshed?.keptBody ?? null }
      this.#keeper.prolong(unit, subscription, wanted.expiresSeconds * 1000, renewed)
    }
    unit.afterwards(() => {
      if (!isEnd) this.#notifier.renewed(subscription, isKnown)
      // RFC 5839 §5.7: the 204 is the end, and no NOTIFY follows.
      else if (isKnown) this.#notifier.drop(subscription, 'timeout')
      else this.#notifier.end(subscription, 'timeout')
    })
    return null
  }

  /**
   * What the package has found out elsewhere. The first time the SUBSCRIBE is answered by it; later the watcher is told
   * by NOTIFY. A refusal of a subscription that stands ends it.
   */
  decide(unit: Unit, subscription: Subscription, decision: 'active' | 'pending' | Rejection, reason: EndReason): void {
    if (!this.#subscriptions.has(subscription) || subscription.state === 'terminated') return
    const waiting = subscription.waitingAnswer
    if (typeof decision === 'object') {
      if (waiting)
        unit.send(
          waiting.answer.to.worker,
          makeAnswer(waiting.answer.to, { ...decision, identity: waiting.answer.identity }),
        )
      unit.change(() => this.#stopWaiting(subscription))
      unit.afterwards(() => (waiting ? this.#notifier.remove(subscription) : this.#notifier.end(subscription, reason)))
    } else if (waiting) {
      unit.change(() => this.#stopWaiting(subscription))
      this.#grant(unit, subscription, waiting.answer, decision)
    } else if (subscription.state !== decision) {
      unit.change(() => {
        subscription.state = decision
      })
      unit.afterwards(() => this.#notifier.changed(subscription, 'word'))
    }
  }

  /** One that was read at start: its package takes it up again. */
  begin(subscription: Subscription): void {
    this.#host.run({ who: subscription.watcher, what: 'subscription-read', hash: '' }, (unit) =>
      subscription.eventPackage.begin(unit, subscription),
    )
  }

  #grant(unit: Unit, subscription: Subscription, answer: AnswerMessage, state: 'active' | 'pending'): void {
    const isFetch = subscription.expiresMs <= unit.nowMs
    unit.change(() => {
      subscription.state = state
    })
    this.#answerFlushed(unit, subscription, answer)
    const periodMs = subscription.expiresMs - unit.nowMs
    if (!isFetch) this.#keeper.keep(unit, subscription, periodMs)
    unit.afterwards(() => {
      if (isFetch) this.#notifier.end(subscription, 'timeout')
      else this.#notifier.changed(subscription, 'word')
    })
  }

  #waitFor(unit: Unit, subscription: Subscription, answer: AnswerMessage): void {
    const late = { onTimer: () => this.#onLate(subscription) }
    unit.change(() => {
      const timer = this.#host.timers.set(decisionMs, late, 0)
      subscription.waitingAnswer = { answer, timer }
    })
  }

  /** RFC 6665 §4.2.1: the watcher hears that it is pending, and by a NOTIFY what became of it. */
  #onLate(subscription: Subscription): void {
    this.#host.run({ who: subscription.watcher, what: 'subscription-late', hash: '' }, (unit) =>
      this.decide(unit, subscription, 'pending', 'noresource'),
    )
  }

  #stopWaiting(subscription: Subscription): void {
    if (subscription.waitingAnswer) this.#host.timers.cancel(subscription.waitingAnswer.timer)
    subscription.waitingAnswer = null
  }

  #answer(subscription: Subscription, message: RequestMessage, wanted: SubscribeRequest): AnswerMessage {
    const { extensions = [] } = subscription.eventPackage
    const required = subscription.eventPackage.requiredBy?.(subscription) ?? null
    const headers: HeaderLines = [
      ['Expires', String(wanted.expiresSeconds)],
      ['Contact', contactOf(message)],
      this.#allowEvents(),
      ...(extensions.length > 0 ? [['Supported', extensions.join(', ')] as const] : []),
      ...(required !== null ? [['Require', required] as const] : []),
    ]
    // The edge tells us when this flow ends, as it does for bindings.
    const bound = { bindings: ['events'], atMs: this.#host.clock.wallMs() }
    const answer = makeAnswer(message.from, { status: 200, reason: 'OK', headers, bound })
    return { ...answer, toTag: subscription.dialog.localTag }
  }

  #answerFlushed(unit: Unit, subscription: Subscription, answer: AnswerMessage): void {
    unit.touch(subscription.watcher)
    unit.sendFlushed(
      answer.to.worker,
      answer,
      makeAnswer(answer.to, { ...storeUnavailable, identity: answer.identity }),
    )
  }

  /** The device whose flow this is, where it is known again by its instance (RFC 5626, 5627). */
  #deviceBehind({ source }: RequestMessage, watcher: Subscription['watcher']): string | null {
    return devicesOn(this.#devices, watcher, source.flow).find(({ lasting }) => lasting)?.deviceKey ?? null
  }

  /** A device that subscribes anew to the same has forgotten the old one. */
  #replacedBy(made: Subscription, { source }: RequestMessage): readonly Subscription[] {
    return [...this.#subscriptions.of(made.watcher)].filter((each) => {
      const isSame =
        each.eventPackage === made.eventPackage &&
        saidBy(each.eventId ?? '') === saidBy(made.eventId ?? '') &&
        each.resourceUri === made.resourceUri &&
        each.state !== 'terminated' &&
        (made.eventPackage.replaces?.(made, each) ?? true)
      if (!isSame) return false
      if (made.deviceKey !== null) return each.deviceKey === made.deviceKey
      return each.target?.flow === source.flow && each.dialog.remoteTarget === made.dialog.remoteTarget
    })
  }
}

/** A change waits to be told; whoever ends by the tag of the state before would never hear of it. */
function owesNewer({ owed }: Subscription, { suppressIfMatch }: SubscribeRequest): boolean {
  return owed !== 'nothing' && suppressIfMatch !== anyState
}

const noPath: readonly string[] = []

/** What a SUBSCRIBE says of it; a refresh that leaves Accept out leaves it as it was. */
function termsOf(
  subscription: Subscription,
  message: RequestMessage,
  wanted: SubscribeRequest,
  nowMs: number,
): SubscriptionTerms {
  const { source, request } = message
  const contactUri = Array.isArray(request.contacts) ? (request.contacts[0]?.uri ?? '') : ''
  const { flow, transport } = source
  const { accept, supportsPartial } = wanted.accept === null ? subscription : wanted
  return {
    target: {
      flow,
      transport,
      contactUri: ownText(contactUri, subscription.dialog.remoteTarget),
      path: noPath,
      qThousandths: 1000,
      deviceKey: subscription.deviceKey ?? '',
    },
    contact: contactOf(message),
    expiresMs: nowMs + wanted.expiresSeconds * 1000,
    minGapMs: wanted.minGapMs,
    maxGapMs: wanted.maxGapMs,
    adaptiveGapMs: wanted.adaptiveGapMs,
    accept,
    supportsPartial,
  }
}

/** Our own address at the flow that it came by. */
function contactOf({ source }: RequestMessage): string {
  return ownText(`<${ownUri(source)}>`)
}
