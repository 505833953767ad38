/**
 * Sends NOTIFYs (RFC 6665 §4.2.2): one in flight per subscription, the newest state when the one before is answered
 * and its rate allows (RFC 6446), nothing to dead flows. What a package says is noted here, not queued.
 * The verbs change memory and start units of their own: to be called after a unit (`unit.afterwards`), not in one.
 */
import type { OutcomeMessage } from '../ports/bus.ts'
import type { OwnRequest } from '../ports/own-requests.ts'
import type { TimerHandle } from '../ports/timers.ts'
import type { ShardHost, Unit } from '../shard/index.ts'
import { isConditionTrue, withoutState } from './condition.ts'
import type { NotifyDocument } from './event-package.ts'
import type { EventMetrics } from './metrics.ts'
import { readNotifyOutcome } from './notify-outcome.ts'
import { NotifyRequests } from './notify-request.ts'
import type { NotifyWays } from './notify-way.ts'
import type { EventSettings } from './settings.ts'
import { type EndReason, type Owed, type Subscription, timerKinds } from './subscription.ts'
import type { SubscriptionKeeper } from './subscription-keeper.ts'
import type { Subscriptions } from './subscriptions.ts'

/** Longer than any transaction lives (Timer F is 32 s): then nobody will report any more. */
const outcomeExpectedMs = 40_000
/**
 * A worker that is behind gathers changes for longer (RFC 6446 leaves the notifier to be slower than it was asked): so
 * many times the delay, up to five seconds.
 */
const [busyGapFactor, busyGapMsMax] = [10, 5_000]
/**
 * One that has little time left gathers, too: from this share of its time on, and so long when it is at work all of it.
 */
const [gatherFromShare, gatherMsMax] = [0.5, 2_000]
/** NOTIFYs of one unit and one message to an edge: a part of a millisecond's work. */
const togetherMax = 64
const otherFlowAfterMs = 1_000

/** What becomes of what one is owed; `request` null: there is nothing new to tell. */
interface Departure {
  readonly subscription: Subscription
  readonly request: OwnRequest | null
  readonly hasMore: boolean
  /** The state that its watcher has from now on; null: the one that he had. */
  readonly told: NotifyDocument | null
}

/** What there is to tell; `word`: `full`, and a NOTIFY leaves also to who has that state. */
type News = Exclude<Owed, 'nothing'> | 'word'

export class Notifier {
  readonly #host: ShardHost
  readonly #settings: EventSettings
  readonly #subscriptions: Subscriptions
  readonly #keeper: SubscriptionKeeper
  readonly #metrics: EventMetrics
  readonly #ways: NotifyWays
  readonly #requests = new NotifyRequests()
  /** By number of the NOTIFY, the oldest first: what comes late of an earlier one says nothing about this. */
  readonly #inFlight = new Map<number, Subscription>()
  #oldestExpected: TimerHandle | null = null
  #lastNumber = 0

  constructor(parts: {
    host: ShardHost
    settings: EventSettings
    subscriptions: Subscriptions
    keeper: SubscriptionKeeper
    metrics: EventMetrics
    ways: NotifyWays
  }) {
    this.#host = parts.host
    this.#settings = parts.settings
    this.#subscriptions = parts.subscriptions
    this.#keeper = parts.keeper
    this.#metrics = parts.metrics
    this.#ways = parts.ways
  }

  /**
   * There is something new for this watcher. `causeMs`: when what caused it came (steady wall clock), 0 where nobody
   * waits for it.
   */
  changed(subscription: Subscription, owed: News = 'changes', causeMs = 0): void {
    if (this.#note(subscription, owed, causeMs)) this.#pump(subscription)
  }

  /** The same for many watchers of one thing: of theirs what may leave now leaves together. */
  changedTogether(subscriptions: readonly Subscription[], causeMs: number): void {
    const ready = subscriptions.filter((each) => this.#note(each, 'changes', causeMs) && this.#mayLeave(each))
    // What waits for the store waits by itself: a batch that fails must not take along who has nothing in it.
    const together = ready.filter(({ watcher }) => !this.#host.awaitsStore(watcher))
    for (let from = 0; from < together.length; from += togetherMax) {
      this.#send(together.slice(from, from + togetherMax))
    }
    if (together.length < ready.length) for (const each of ready) this.#pump(each)
  }

  /** False: nothing may leave yet. */
  #note(subscription: Subscription, owed: News, causeMs: number): boolean {
    if (subscription.state === 'asked') return false
    if (subscription.owed !== 'nothing') this.#metrics.coalesced.inc()
    else if (owed === 'changes') subscription.gathersUntilMs = this.#gathersUntilMs()
    if (owed !== 'changes') subscription.gathersUntilMs = 0
    if (owed === 'word') subscription.oweWord()
    else subscription.owe(owed)
    subscription.causeMs = causeMs
    return true
  }

  /** A refresh, perhaps with other rates. `isKnown`: its watcher has the state and wants no NOTIFY (RFC 5839). */
  renewed(subscription: Subscription, isKnown: boolean): void {
    this.startExpiry(subscription)
    if (!subscription.isInFlight) this.#stopTimer(subscription, 'mayNotify')
    if (!isKnown) this.changed(subscription, 'word')
    else if (subscription.owed !== 'nothing') this.#pump(subscription)
    else if (!subscription.isInFlight) this.#waitForRate(subscription)
  }

  /** Ends it with a last NOTIFY that says why. `timeout` still tells the state (RFC 6665 §4.4.1), others nothing. */
  end(subscription: Subscription, reason: EndReason): void {
    if (subscription.state === 'terminated') return
    subscription.state = 'terminated'
    subscription.endReason = reason
    subscription.owe('full')
    this.#metrics.ended(reason)
    // Not only when the last NOTIFY has left, which may wait: a start in between must not bring it back.
    this.#keeper.forget(subscription)
    if (subscription.target) this.#pump(subscription)
    else this.remove(subscription)
  }

  /** Without a NOTIFY: nobody is there who would read it, or wants it (`timeout`). */
  drop(subscription: Subscription, why: 'replaced' | 'failed' | 'flow-died' | 'timeout'): void {
    if (!this.#subscriptions.has(subscription)) return
    this.#metrics.ended(why)
    this.remove(subscription)
  }

  /** The flow is gone; a device that is recognised may come back. */
  suspend(subscription: Subscription): void {
    this.#lost(subscription)
    if (subscription.deviceKey === null || subscription.state === 'terminated') {
      this.drop(subscription, 'flow-died')
      return
    }
    subscription.target = null
    this.#stopTimer(subscription, 'mayNotify')
  }

  /** It may have been the stream that was taken for the size; the registrar hears of its end, and then it is UDP. */
  #flowFailed(subscription: Subscription): void {
    if (subscription.transport !== 'udp' || !this.#ways.isThere(subscription)) return this.suspend(subscription)
    this.#landed(subscription)
    this.#retryAfter(subscription, otherFlowAfterMs)
  }

  /** What had been under way will not be answered, or did not leave. */
  lostTrack(subscription: Subscription): void {
    this.#lost(subscription)
    this.changed(subscription, 'full')
  }

  onOutcome(unit: Unit, message: OutcomeMessage): void {
    const subscription = this.#inFlight.get(message.to.number)
    const outcome = readNotifyOutcome(message)
    if (!subscription || outcome.means === 'provisional') return
    unit.afterwards(() => {
      if (outcome.means === 'flow-failed') return this.#flowFailed(subscription)
      this.#landed(subscription)
      if (outcome.means === 'ended') this.drop(subscription, 'failed')
      else if (outcome.means === 'later') this.#retryAfter(subscription, outcome.delayMs)
      else if (subscription.owed !== 'nothing') this.#pump(subscription)
      else this.#waitForRate(subscription)
    })
  }

  onTimer(subscription: Subscription, kind: number): void {
    if (kind === timerKinds.expiry) {
      subscription.expiry = null
      const leftMs = subscription.expiresMs - this.#host.clock.wallMs()
      if (leftMs > 0) this.startExpiry(subscription)
      else this.end(subscription, 'timeout')
      return
    }
    subscription.mayNotify = null
    // Either somebody waited for this moment, or the watcher wants to hear from us now and then (RFC 6446 §5).
    if (subscription.owed === 'nothing') subscription.oweWord()
    this.#pump(subscription)
  }

  startExpiry(subscription: Subscription): void {
    this.#stopTimer(subscription, 'expiry')
    const leftMs = Math.max(0, subscription.expiresMs - this.#host.clock.wallMs())
    subscription.expiry = this.#host.timers.set(leftMs, subscription, timerKinds.expiry)
  }

  remove(subscription: Subscription): void {
    if (!this.#subscriptions.has(subscription)) return
    this.#landed(subscription)
    this.#stopTimer(subscription, 'expiry')
    this.#stopTimer(subscription, 'mayNotify')
    this.#subscriptions.remove(subscription)
    subscription.eventPackage.end(subscription)
    this.#keeper.forget(subscription)
  }

  /** Sends what is owed as soon as it may leave: now, or when a timer or an outcome says so. */
  #pump(subscription: Subscription): void {
    if (this.#mayLeave(subscription)) this.#send([subscription])
  }

  /** False: later, and who says so is set up. */
  #mayLeave(subscription: Subscription): boolean {
    if (subscription.owed === 'nothing' || subscription.isInFlight || !subscription.target) return false
    // What a package says of him is not known; when it is, he gets all. His last word needs nothing.
    if (subscription.state !== 'terminated' && this.#keeper.isReading(subscription.watcher)) return false
    const waitMs = this.#waitMs(subscription)
    if (waitMs === 0) return true
    if (wantsRepeats(subscription)) this.#stopTimer(subscription, 'mayNotify')
    subscription.mayNotify ??= this.#host.timers.set(waitMs, subscription, timerKinds.mayNotify)
    return false
  }

  /** The last word is not kept back. */
  #waitMs({ state, lastNotifyMs, minGapMs, gathersUntilMs }: Subscription): number {
    if (state === 'terminated') return 0
    const busyGapMs = Math.min(busyGapMsMax, this.#host.pressure.delayMs() * busyGapFactor)
    const gapMs = Math.max(minGapMs, this.#settings.coalesceMs, busyGapMs)
    return Math.max(0, Math.max(lastNotifyMs + gapMs, gathersUntilMs) - this.#host.clock.monotonicMs())
  }

  /** What changes from now on until then is told as one; monotonic, 0 where it is told at once. */
  #gathersUntilMs(): number {
    const share = this.#host.pressure.busyShare()
    if (share <= gatherFromShare) return 0
    const gatherMs = (gatherMsMax * (share - gatherFromShare)) / (1 - gatherFromShare)
    return this.#host.clock.monotonicMs() + gatherMs
  }

  /** One NOTIFY to each, in one unit. */
  #send(group: readonly Subscription[]): void {
    const [only] = group.length === 1 ? group : []
    const cause = { who: only?.watcher ?? '', what: 'notify', hash: '' }
    if (this.#host.run(cause, (unit) => this.#compose(unit, group))) return
    // What their documents had counted as sent was not.
    for (const each of group) each.owe('full')
    // One is at fault, and keeps none of the others from theirs.
    if (!only) for (const each of group) this.#send([each])
  }

  #compose(unit: Unit, group: readonly Subscription[]): void {
    const byWorker = new Map<number, OwnRequest[]>()
    const departures: Departure[] = []
    for (const subscription of group) {
      const departure = this.#departure(unit, subscription)
      departures.push(departure)
      if (!departure.request) continue
      unit.touch(subscription.watcher)
      const worker = this.#host.placeOf(departure.request.flow)
      const others = byWorker.get(worker)
      if (others) others.push(departure.request)
      else byWorker.set(worker, [departure.request])
    }
    const { worker, incarnation } = this.#host
    const from = { worker, incarnation, half: 'events' } as const
    const { causeMs } = group[0]!
    for (const [edge, requests] of byWorker) {
      unit.sendFlushed(edge, { kind: 'send', from, method: 'NOTIFY', requests, causeMs }, null)
    }
    unit.change(() => this.#left(departures))
  }

  #departure(unit: Unit, subscription: Subscription): Departure {
    const { target, state, endReason, owed, watcher, eventPackage } = subscription
    const tells = state === 'active' || (state === 'terminated' && endReason === 'timeout')
    const want = owed === 'full' ? 'full' : 'changes'
    const isKnown = tells && isConditionTrue(subscription, subscription)
    const document = isKnown ? withoutState(subscription) : tells ? eventPackage.document(subscription, want) : null
    const isNothingNew = state === 'active' && (isKnown ? !subscription.owesWord : want === 'changes' && !document)
    if (isKnown && isNothingNew) unit.change(() => this.#metrics.suppressed.inc())
    if (isNothingNew || !target) return stays(subscription)
    this.#keeper.reserveSequence(unit, subscription)
    const text = this.#requests.make(unit.nowMs, subscription, document)
    const way = this.#ways.wayFor(subscription, text.headers.length + text.content.length)
    if (way || state === 'terminated') {
      // Where its last state cannot go, that it has ended does.
      const going = way ? text : this.#requests.make(unit.nowMs, subscription, null)
      const { flow } = way ?? target
      const request = { number: ++this.#lastNumber, flow, owner: watcher, ...going }
      const hasMore = way !== null && (document?.hasMore ?? false)
      return { subscription, request, hasMore, told: isKnown ? null : document }
    }
    unit.afterwards(() => this.end(subscription, 'giveup'))
    return stays(subscription)
  }

  #left(departures: readonly Departure[]): void {
    const nowMs = this.#host.clock.monotonicMs()
    for (const { subscription, request, hasMore, told } of departures) {
      subscription.owed = hasMore ? 'changes' : 'nothing'
      subscription.causeMs = 0
      if (!request) {
        // The timer that brought it here was that of repeats, too.
        if (subscription.state === 'active') this.#waitForRate(subscription)
        continue
      }
      subscription.owesWord = false
      if (told) {
        subscription.suppressIfMatch = null
        subscription.toldTag = told.entityTag
        subscription.hasOther = false
      }
      this.#metrics.notifies.inc()
      subscription.lastNotifyMs = nowMs
      subscription.adaptiveRate?.sent(nowMs)
      this.#stopTimer(subscription, 'mayNotify')
      if (subscription.state === 'terminated' && !hasMore) this.remove(subscription)
      else {
        subscription.inFlight = request.number
        this.#inFlight.set(request.number, subscription)
      }
    }
    this.#metrics.inFlight.set(this.#inFlight.size)
    if (this.#inFlight.size > 0) this.#expectOutcome(outcomeExpectedMs)
  }

  #expectOutcome(delayMs: number): void {
    this.#oldestExpected ??= this.#host.timers.set(delayMs, { onTimer: () => this.#onNoOutcome() }, 0)
  }

  /** All are expected within the same time, so the one that left first is the first to be missed. */
  #onNoOutcome(): void {
    this.#oldestExpected = null
    const nowMs = this.#host.clock.monotonicMs()
    for (const subscription of this.#inFlight.values()) {
      const leftMs = subscription.lastNotifyMs + outcomeExpectedMs - nowMs
      if (leftMs > 0) return this.#expectOutcome(leftMs)
      this.#flowFailed(subscription)
    }
  }

  /** Whether what was under way has come is not known. */
  #lost(subscription: Subscription): void {
    subscription.owesWord ||= subscription.isInFlight
    this.#landed(subscription)
  }

  #landed(subscription: Subscription): void {
    if (!subscription.isInFlight) return
    this.#inFlight.delete(subscription.inFlight)
    subscription.inFlight = 0
    this.#metrics.inFlight.set(this.#inFlight.size)
  }

  /** RFC 6446 §5, §6: a watcher that asked for it gets all again when nothing has changed for so long. */
  #waitForRate(subscription: Subscription): void {
    if (!wantsRepeats(subscription)) return
    const { maxGapMs, minGapMs, adaptiveRate, lastNotifyMs } = subscription
    const nowMs = this.#host.clock.monotonicMs()
    const longestMs = maxGapMs === 0 ? Number.POSITIVE_INFINITY : maxGapMs
    const adaptiveMs = adaptiveRate?.timeoutMs(nowMs) ?? Number.POSITIVE_INFINITY
    // RFC 6446 §6.4, equation 4.
    const gapMs = Math.max(minGapMs, Math.min(longestMs, adaptiveMs))
    const leftMs = Math.max(0, lastNotifyMs + gapMs - nowMs)
    subscription.mayNotify ??= this.#host.timers.set(leftMs, subscription, timerKinds.mayNotify)
  }

  /** What the device would not take now it has not seen: later it gets all, and what changes meanwhile waits too. */
  #retryAfter(subscription: Subscription, delayMs: number): void {
    subscription.oweWord()
    subscription.gathersUntilMs = this.#host.clock.monotonicMs() + delayMs
    this.#stopTimer(subscription, 'mayNotify')
    this.#pump(subscription)
  }

  #stopTimer(subscription: Subscription, which: 'expiry' | 'mayNotify'): void {
    const handle = subscription[which]
    if (handle) this.#host.timers.cancel(handle)
    subscription[which] = null
  }
}

/** Nothing of it leaves. */
function stays(subscription: Subscription): Departure {
  return { subscription, request: null, hasMore: false, told: null }
}

/** It is told all now and then, also where nothing has changed (RFC 6446 §5, §6). */
function wantsRepeats({ maxGapMs, adaptiveRate }: Subscription): boolean {
  return maxGapMs > 0 || adaptiveRate !== null
}
