/**
 * Sends NOTIFYs (RFC 6665 §4.2.2): one in flight per subscription, the newest state when the one before is answered
 * and its rate allows (RFC 6446), nothing to dead flows. What a package says is noted here, not queued.
 * The verbs change memory and start units of their own: to be called after a unit (`unit.afterwards`), not in one.
 */
import type { OutcomeMessage, ReplyAddress } from '../ports/bus.ts'
import { flowWorker } from '../ports/flows.ts'
import type { ShardHost, Unit } from '../shard/index.ts'
import { HeaderId } from '../sip/message/header-id.ts'
import type { EventMetrics } from './metrics.ts'
import { makeNotify } from './notify-request.ts'
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
/** What we wait at most for a device that asks for patience with Retry-After. */
const retryAfterMsMax = 300_000

export class Notifier {
  readonly #host: ShardHost
  readonly #settings: EventSettings
  readonly #subscriptions: Subscriptions
  readonly #keeper: SubscriptionKeeper
  readonly #metrics: EventMetrics
  /** By number of the NOTIFY: what comes late of an earlier one says nothing about this. */
  readonly #inFlight = new Map<number, Subscription>()
  #lastNumber = 0

  constructor(parts: {
    host: ShardHost
    settings: EventSettings
    subscriptions: Subscriptions
    keeper: SubscriptionKeeper
    metrics: EventMetrics
  }) {
    this.#host = parts.host
    this.#settings = parts.settings
    this.#subscriptions = parts.subscriptions
    this.#keeper = parts.keeper
    this.#metrics = parts.metrics
  }

  /**
   * There is something new for this watcher. `causeMs`: when what caused it came (steady wall clock), 0 where nobody
   * waits for it.
   */
  changed(subscription: Subscription, owed: Exclude<Owed, 'nothing'> = 'changes', causeMs = 0): void {
    if (subscription.state === 'asked') return
    if (subscription.owed !== 'nothing') this.#metrics.coalesced.inc()
    else if (owed === 'changes') subscription.gathersUntilMs = this.#gathersUntilMs()
    if (owed === 'full') subscription.gathersUntilMs = 0
    subscription.owe(owed)
    subscription.causeMs = causeMs
    this.#pump(subscription)
  }

  /** A refresh, perhaps with other rates. `isKnown`: its watcher has the state and wants no NOTIFY (RFC 5839). */
  renewed(subscription: Subscription, isKnown: boolean): void {
    this.startExpiry(subscription)
    if (!subscription.isInFlight) this.#stopTimer(subscription, 'mayNotify')
    if (!isKnown) this.changed(subscription, 'full')
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

  /** Without a NOTIFY: nobody is there who would read it. */
  drop(subscription: Subscription, why: 'replaced' | 'failed' | 'flow-died'): void {
    if (!this.#subscriptions.has(subscription)) return
    this.#metrics.ended(why)
    this.remove(subscription)
  }

  /** The flow is gone; a device that is recognised may come back. */
  suspend(subscription: Subscription): void {
    this.#landed(subscription)
    if (subscription.deviceKey === null || subscription.state === 'terminated') {
      this.drop(subscription, 'flow-died')
      return
    }
    subscription.target = null
    this.#stopTimer(subscription, 'mayNotify')
  }

  /** What had been under way will not be answered, or did not leave. */
  lostTrack(subscription: Subscription): void {
    this.#landed(subscription)
    this.changed(subscription, 'full')
  }

  onOutcome(unit: Unit, { to, status, response }: OutcomeMessage): void {
    const subscription = this.#inFlight.get(to.number)
    if (!subscription || status === 100) return
    const retryAfterMs = status >= 400 ? retryAfterOf(response?.first(HeaderId.retryAfter) ?? null) : null
    unit.afterwards(() => {
      if (status === 0 || status === 430) this.suspend(subscription)
      else if (status >= 300 && retryAfterMs === null) {
        this.#landed(subscription)
        this.drop(subscription, 'failed')
      } else if (status >= 200) {
        this.#landed(subscription)
        if (retryAfterMs !== null) this.#retryAfter(subscription, retryAfterMs)
        else if (subscription.owed !== 'nothing') this.#pump(subscription)
        else this.#waitForRate(subscription)
      }
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
    if (subscription.isInFlight) this.suspend(subscription)
    else {
      // Either somebody waited for this moment, or the watcher wants to hear from us now and then (RFC 6446 §5).
      if (subscription.owed === 'nothing') subscription.owe('full')
      this.#pump(subscription)
    }
  }

  startExpiry(subscription: Subscription): void {
    this.#stopTimer(subscription, 'expiry')
    const leftMs = Math.max(0, subscription.expiresMs - this.#host.clock.wallMs())
    subscription.expiry = this.#host.timers.set(leftMs, subscription.timers, timerKinds.expiry)
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
    if (subscription.owed === 'nothing' || subscription.isInFlight || !subscription.target) return
    const waitMs = this.#waitMs(subscription)
    if (waitMs > 0) {
      if (wantsRepeats(subscription)) this.#stopTimer(subscription, 'mayNotify')
      subscription.mayNotify ??= this.#host.timers.set(waitMs, subscription.timers, timerKinds.mayNotify)
      return
    }
    const cause = { who: subscription.watcher, what: 'notify', hash: '' }
    // What its document had counted as sent was not.
    if (!this.#host.run(cause, (unit) => this.#send(unit, subscription))) subscription.owe('full')
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

  #send(unit: Unit, subscription: Subscription): void {
    const { target, state, endReason, owed } = subscription
    if (!target || subscription.owed === 'nothing' || subscription.isInFlight) return
    const tells = state === 'active' || (state === 'terminated' && endReason === 'timeout')
    const want = owed === 'full' || state === 'terminated' ? 'full' : 'changes'
    const document = tells ? subscription.eventPackage.document(subscription, want) : null
    if (want === 'changes' && !document && tells) {
      unit.change(() => this.#nothingNew(subscription))
      return
    }
    const { causeMs } = subscription
    this.#keeper.reserveSequence(unit, subscription)
    const text = makeNotify(unit, subscription, document)
    const from: ReplyAddress = {
      worker: this.#host.worker,
      incarnation: this.#host.incarnation,
      half: 'events',
      number: ++this.#lastNumber,
    }
    unit.touch(subscription.watcher)
    const { watcher } = subscription
    unit.sendFlushed(
      flowWorker(target.flow),
      { kind: 'send', from, target, method: 'NOTIFY', owner: watcher, causeMs, ...text },
      null,
    )
    unit.change(() => this.#left(subscription, from.number, document?.hasMore ?? false))
  }

  #nothingNew(subscription: Subscription): void {
    subscription.owed = 'nothing'
    subscription.causeMs = 0
  }

  #left(subscription: Subscription, number: number, hasMore: boolean): void {
    this.#nothingNew(subscription)
    if (hasMore) subscription.owed = 'changes'
    this.#metrics.notifies.inc()
    subscription.lastNotifyMs = this.#host.clock.monotonicMs()
    subscription.adaptiveRate?.sent(subscription.lastNotifyMs)
    if (subscription.state === 'terminated') {
      this.remove(subscription)
      return
    }
    subscription.inFlight = number
    this.#inFlight.set(number, subscription)
    this.#metrics.inFlight.set(this.#inFlight.size)
    this.#stopTimer(subscription, 'mayNotify')
    subscription.mayNotify = this.#host.timers.set(outcomeExpectedMs, subscription.timers, timerKinds.mayNotify)
  }

  #landed(subscription: Subscription): void {
    if (!subscription.isInFlight) return
    this.#inFlight.delete(subscription.inFlight)
    subscription.inFlight = 0
    this.#metrics.inFlight.set(this.#inFlight.size)
    this.#stopTimer(subscription, 'mayNotify')
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
    subscription.mayNotify ??= this.#host.timers.set(leftMs, subscription.timers, timerKinds.mayNotify)
  }

  /** What the device would not take now it has not seen: later it gets all. */
  #retryAfter(subscription: Subscription, delayMs: number): void {
    subscription.owe('full')
    this.#stopTimer(subscription, 'mayNotify')
    subscription.mayNotify = this.#host.timers.set(delayMs, subscription.timers, timerKinds.mayNotify)
  }

  #stopTimer(subscription: Subscription, which: 'expiry' | 'mayNotify'): void {
    const handle = subscription[which]
    if (handle) this.#host.timers.cancel(handle)
    subscription[which] = null
  }
}

/** It is told all now and then, also where nothing has changed (RFC 6446 §5, §6). */
function wantsRepeats({ maxGapMs, adaptiveRate }: Subscription): boolean {
  return maxGapMs > 0 || adaptiveRate !== null
}

/** Retry-After in milliseconds, `null` when there is none that can be read (RFC 3261 §20.33). */
function retryAfterOf(value: string | null): number | null {
  const seconds = value === null ? Number.NaN : Number.parseInt(value, 10)
  return Number.isNaN(seconds) ? null : Math.min(retryAfterMsMax, Math.max(1, seconds) * 1000)
}
