/**
 * The service of event notification (RFC 6665) of a shard: takes SUBSCRIBE, outcomes of NOTIFYs, the ends of flows,
 * devices that come back, and records; `subscribe.ts` and `notifier.ts` do the work. It knows no package by name.
 */
import { TokenBuckets } from '../guard/index.ts'
import type { BusMessage } from '../ports/bus.ts'
import type { Gauge } from '../ports/metrics.ts'
import { subscriptionRecord } from '../ports/records/subscription.ts'
import type { StoreKey } from '../ports/store.ts'
import type { TimerTarget } from '../ports/timers.ts'
import type { DeviceListener, Devices } from '../registrar/index.ts'
import {
  type AuthenticatedRequest,
  makeAnswer,
  type Rejection,
  type Service,
  type ShardHost,
  type Unit,
} from '../shard/index.ts'
import { requestDialogKey } from '../sip/dialog/match.ts'
import type { Aor } from '../sip/uri/aor.ts'
import type { EventPackage } from './event-package.ts'
import { unknownExtension } from './extensions.ts'
import { type EventMetrics, eventMetrics } from './metrics.ts'
import { MovedSubscriptions } from './moved-subscriptions.ts'
import { Notifier } from './notifier.ts'
import { NotifyWays } from './notify-way.ts'
import * as rejections from './rejections.ts'
import type { EventSettings } from './settings.ts'
import { Subscriber } from './subscribe.ts'
import { eventOf, readSubscribe } from './subscribe-request.ts'
import { type EndReason, Subscription, subscriptionKey } from './subscription.ts'
import { applyRecord, restoreParts, SubscriptionKeeper, takeBack } from './subscription-keeper.ts'
import { Subscriptions } from './subscriptions.ts'

/** More often than a monitor asks. */
const gaugesEveryMs = 10_000

export class EventsService implements Service, DeviceListener, TimerTarget {
  readonly name = 'events'
  readonly methods = ['SUBSCRIBE']
  /** Outcomes come by `half`. */
  readonly kinds = ['flow-died'] as const
  readonly half = 'events'
  readonly records = [subscriptionRecord.name]
  readonly rfcs = ['6665', '6446', '5839']
  /** Packages say here what has changed. */
  readonly notifier: Notifier
  readonly subscriber: Subscriber

  readonly #host: ShardHost
  readonly #devices: Devices
  readonly #settings: EventSettings
  readonly #metrics: EventMetrics
  readonly #subscriptions = new Subscriptions()
  readonly #keeper: SubscriptionKeeper
  readonly #packages = new Map<string, EventPackage>()
  readonly #standing = new Map<string, Gauge>()
  readonly #rates: TokenBuckets
  /** Takes what no package of ours answers: conferences and dialogs of devices. */
  readonly #others: Required<Pick<Service, 'onRequest'>>
  /** Read again after a batch that failed: those that the store still has, with the body of each. */
  readonly #readAgain = new Map<Subscription, Uint8Array>()
  /** Read where memory had none: at a start, or ended by a batch that failed. */
  readonly #readAnew = new Set<Subscription>()
  /** Users whose records, read next, come from another home. */
  readonly #arriving = new Set<Aor>()
  readonly #moved: MovedSubscriptions

  constructor(
    host: ShardHost,
    devices: Devices,
    others: Required<Pick<Service, 'onRequest'>>,
    settings: EventSettings,
  ) {
    this.#host = host
    this.#devices = devices
    this.#others = others
    this.#settings = settings
    this.#metrics = eventMetrics(host.metrics)
    this.#rates = new TokenBuckets(settings)
    this.#keeper = new SubscriptionKeeper(host)
    const parts = { host, settings, subscriptions: this.#subscriptions, keeper: this.#keeper }
    const ways = new NotifyWays(devices, settings)
    this.notifier = new Notifier({ ...parts, metrics: this.#metrics, ways })
    this.subscriber = new Subscriber({
      ...parts,
      devices,
      notifier: this.notifier,
      metrics: this.#metrics,
      allowEvents: () => this.#allowEvents(),
    })
    this.#moved = new MovedSubscriptions({ ...parts, devices, notifier: this.notifier })
    devices.listen(this)
  }

  /** Called once for each, before anything is handled. */
  offer(...packages: readonly EventPackage[]): void {
    for (const each of packages) {
      this.#packages.set(each.name, each)
      this.#standing.set(each.name, this.#metrics.standing(each.name))
    }
  }

  numbered(number: number): Subscription | null {
    return this.#subscriptions.numbered(number)
  }

  of(watcher: Aor): Iterable<Subscription> {
    return this.#subscriptions.of(watcher)
  }

  /** Those that have not ended, of every watcher of this shard. */
  all(): Iterable<Subscription> {
    return this.#subscriptions.all()
  }

  changed(subscription: Subscription, causeMs: number): void {
    this.notifier.changed(subscription, 'changes', causeMs)
  }

  changedTogether(subscriptions: readonly Subscription[], causeMs: number): void {
    this.notifier.changedTogether(subscriptions, causeMs)
  }

  /** A package has found out what it asked for at `admit`, or something else since. */
  decide(unit: Unit, number: number, decision: 'active' | 'pending' | Rejection, reason: EndReason): void {
    const subscription = this.#subscriptions.numbered(number)
    if (subscription) this.subscriber.decide(unit, subscription, decision, reason)
  }

  onArriving(aor: Aor): void {
    this.#arriving.add(aor)
  }

  /** Without a word: what they watch hears that they end, and their devices hear it from the new home. */
  onMovedAway(aor: Aor): void {
    for (const subscription of [...this.#subscriptions.of(aor)]) {
      // Its record has been copied, and goes with all others.
      subscription.ceilingMs = 0
      this.notifier.drop(subscription, 'failed')
    }
  }

  onRequest(unit: Unit, request: AuthenticatedRequest): void {
    const { message, account, identity, unlessKnown } = request
    const refuse = (rejection: Rejection): void => {
      this.#metrics.refused(rejection)
      const isBare489 = rejection.status === 489 && rejection.headers.length === 0
      const parts = isBare489 ? { ...rejection, headers: [this.#allowEvents()] } : rejection
      unit.send(message.from.worker, makeAnswer(message.from, { ...parts, identity }))
    }
    if (unlessKnown) return unit.send(message.from.worker, unlessKnown)
    const event = eventOf(message.request)
    if (!event) return refuse(rejections.noEvent)
    const eventPackage = this.#packages.get(event.name)
    if (!eventPackage) {
      const isForDevices = message.route || !this.#isServersOwn(event.name)
      return isForDevices ? this.#others.onRequest(unit, request) : refuse(rejections.badEvent)
    }
    if (!this.#rates.take(account.aor, this.#host.clock.monotonicMs())) return refuse(rejections.tooFast)
    const wanted =
      unknownExtension(message.request, eventPackage) ??
      readSubscribe(message.request, eventPackage.defaultExpiresSeconds, this.#settings)
    if ('status' in wanted) return refuse(wanted)
    const refusal = this.#handle(unit, request, eventPackage, wanted)
    if (refusal) refuse(refusal)
  }

  onMessage(unit: Unit, message: BusMessage): void {
    if (message.kind === 'outcome') this.#onOutcome(unit, message)
    else if (message.kind === 'flow-died') {
      const cut = this.#subscriptions.by(message.aor, message.flow)
      unit.afterwards(() => {
        for (const each of cut) this.notifier.suspend(each)
      })
    }
  }

  onWorkerGone(worker: number): void {
    for (const subscription of [...this.#subscriptions.all()]) {
      if (subscription.target && this.#host.placeOf(subscription.target.flow) === worker)
        this.notifier.suspend(subscription)
    }
  }

  /** It gets all, by its new flow: what was on its way by the old one will not be answered. */
  onReachable(unit: Unit, aor: Aor, deviceKey: string): void {
    const device = this.#devices.known(aor).find((each) => each.deviceKey === deviceKey)
    const target = device?.targets[0]
    if (!device || !target) return
    for (const subscription of this.#subscriptions.of(aor)) {
      if (subscription.deviceKey !== deviceKey) continue
      if (device.targets.some(({ flow }) => flow === subscription.target?.flow)) continue
      unit.change(() => {
        subscription.target = target
      })
      unit.afterwards(() => this.notifier.lostTrack(subscription))
    }
  }

  onForgotten(unit: Unit, aor: Aor, deviceKeys: readonly string[]): void {
    for (const subscription of this.#subscriptions.of(aor)) {
      if (!deviceKeys.includes(subscription.deviceKey ?? '')) continue
      unit.afterwards(() => this.notifier.drop(subscription, 'flow-died'))
    }
  }

  /** The account is gone, or may no longer be spoken for: nobody is told anything more. */
  cutOff(unit: Unit, aor: Aor): void {
    for (const subscription of this.#subscriptions.of(aor)) {
      unit.afterwards(() => this.notifier.drop(subscription, 'failed'))
    }
  }

  load(aor: Aor, _kind: string, _key: StoreKey, value: Uint8Array): string | null {
    const decoded = subscriptionRecord.decode(value)
    if (!decoded.ok) return decoded.reason
    const record = decoded.value
    const eventPackage = this.#packages.get(record.event)
    // Of a package that this build does not offer: it ends when its device subscribes anew.
    if (!eventPackage) return null
    const parts = restoreParts(this.#subscriptions.nextNumber(), aor, eventPackage, record)
    const known = this.#subscriptions.find(subscriptionKey(parts.dialog.key, record.event, record.eventId))
    if (known) {
      takeBack(known, record)
      this.#readAgain.set(known, record.body)
      return null
    }
    const subscription = new Subscription(parts, this.notifier)
    if (this.#arriving.has(aor)) {
      this.#moved.take(subscription, record)
      return null
    }
    applyRecord(subscription, record)
    subscription.state = 'active'
    this.#subscriptions.add(subscription)
    this.#readAnew.add(subscription)
    this.notifier.startExpiry(subscription)
    return null
  }

  onLoaded(): void {
    this.#host.timers.set(gaugesEveryMs, this, 0)
    this.#readAnew.clear()
    for (const subscription of this.#subscriptions.all()) this.subscriber.begin(subscription)
  }

  /** Every ten seconds: how many subscriptions stand, and how many NOTIFYs wait. */
  onTimer(): void {
    this.#host.timers.set(gaugesEveryMs, this, 0)
    const counts = new Map<string, number>()
    let waitingCount = 0
    for (const { eventPackage, owed } of this.#subscriptions.all()) {
      counts.set(eventPackage.name, (counts.get(eventPackage.name) ?? 0) + 1)
      if (owed !== 'nothing') waitingCount++
    }
    for (const [name, gauge] of this.#standing) gauge.set(counts.get(name) ?? 0)
    this.#metrics.waiting.set(waitingCount)
  }

  forget(aor: Aor): void {
    this.#keeper.readingBegins(aor)
  }

  onReloaded(aor: Aor): void {
    this.#arriving.delete(aor)
    const made = this.#keeper.readingEnds(aor)
    for (const subscription of [...this.#subscriptions.of(aor)]) {
      // Nothing of it is written before its watcher is answered.
      if (subscription.waitingAnswer) continue
      const body = this.#readAgain.get(subscription)
      this.#readAgain.delete(subscription)
      // He was answered while his records were read: this one may be too new to be met.
      if (subscription.deviceKey !== null && !body && !made.has(subscription)) {
        // Ended, and its removal was not kept: it is removed again. Otherwise the store does not have it: its watcher
        // was told that it could not be made.
        if (!this.#readAnew.delete(subscription)) subscription.ceilingMs = 0
        this.notifier.drop(subscription, 'failed')
        continue
      }
      if (body) {
        const cause = { who: aor, what: 'subscription-read-again', hash: '' }
        this.#host.run(cause, (unit) => subscription.eventPackage.readAgain?.(unit, subscription, body))
      }
      this.notifier.lostTrack(subscription)
    }
  }

  /** RFC 6665 §8.2.2. */
  #allowEvents(): readonly [string, string] {
    return ['Allow-Events', [...this.#packages.keys()].join(', ')]
  }

  /** Templates of packages that are ours, and all watcher information: no device could answer for its user. */
  #isServersOwn(name: string): boolean {
    return name.endsWith('.winfo') || [...this.#packages.keys()].some((each) => name.startsWith(`${each}.`))
  }

  #handle(
    unit: Unit,
    request: AuthenticatedRequest,
    eventPackage: EventPackage,
    wanted: Exclude<ReturnType<typeof readSubscribe>, Rejection>,
  ): Rejection | null {
    const { message } = request
    if (message.request.to?.tag == null) return this.subscriber.subscribe(unit, request, eventPackage, wanted)
    const dialogKey = requestDialogKey(message.request)
    const known = this.#subscriptions.find(subscriptionKey(dialogKey, eventPackage.name, wanted.eventId))
    if (known && known.watcher === request.account.aor) return this.subscriber.refresh(unit, request, known, wanted)
    // Old clients put a second subscription into the dialog of the first.
    const sibling = [...this.#subscriptions.of(request.account.aor)].find(({ dialog }) => dialog.key === dialogKey)
    if (!sibling) return rejections.noSubscription
    return this.subscriber.subscribe(unit, request, eventPackage, wanted, sibling.dialog)
  }

  #onOutcome(unit: Unit, message: Extract<BusMessage, { kind: 'outcome' }>): void {
    if (message.to.incarnation === this.#host.incarnation) this.notifier.onOutcome(unit, message)
  }
}
