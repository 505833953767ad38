/**
 * The service of presence (RFC 3856, 3903) of a shard: PUBLISH and watchers of its own users, and the watches of its
 * own users on others. The two ends speak by the bus, also when they share a thread.
 */

import { eventName, type Subscription } from '../events/index.ts'
import type { BusMessage } from '../ports/bus.ts'
import { type PolicyParty, partyOf } from '../ports/policy.ts'
import { hardStateRecord } from '../ports/records/hard-state.ts'
import { publicationRecord } from '../ports/records/publication.ts'
import type { StoreKey } from '../ports/store.ts'
import type { TimerTarget } from '../ports/timers.ts'
import type { DeviceListener, Devices } from '../registrar/index.ts'
import {
  type Accounts,
  type AuthenticatedRequest,
  makeAnswer,
  type Service,
  type ShardHost,
  type Unit,
} from '../shard/index.ts'
import type { Aor } from '../sip/uri/aor.ts'
import type { Lists } from '../xcap/index.ts'
import { countedState } from './composition/counted-state.ts'
import { HardStates } from './hard-states.ts'
import { type ListEvents, ListSubscriptions } from './lists/list-subscriptions.ts'
import { type PresenceMetrics, presenceMetrics } from './metrics.ts'
import { PartialStates } from './partial-states.ts'
import { PresenceAdmin } from './presence-admin.ts'
import { type Decider, PresencePackage } from './presence-package.ts'
import { Publisher } from './publishing/publisher.ts'
import { Reachability } from './reachability.ts'
import { badEvent } from './rejections.ts'
import { restoreRecord } from './restore-record.ts'
import type { PresenceSettings } from './settings.ts'
import { AfterReading } from './watching/after-reading.ts'
import { Names } from './watching/names.ts'
import { type LivePolicy, PolicyFollower } from './watching/policy-follower.ts'
import { Presentities } from './watching/presentities.ts'
import type { Presentity } from './watching/presentity.ts'
import type { Compose } from './watching/presentity-documents.ts'
import type { WatchVerdict } from './watching/verdicts.ts'
import type { View } from './watching/view.ts'
import { WatchComparison } from './watching/watch-comparison.ts'
import type { WatchListener } from './watching/watched.ts'
import type { WatcherInfoSource } from './watching/watcher-standings.ts'
import { Watches } from './watching/watches.ts'

/** What the notifier offers to presence. */
export interface PresenceEvents extends Decider {
  changed(subscription: Subscription, causeMs: number): void
  changedTogether(subscriptions: readonly Subscription[], causeMs: number): void
  numbered(number: number): Subscription | null
  of(watcher: Aor): Iterable<Subscription>
}

/** How often both ends of the watches compare what they have. */
const checkEveryMs = 600_000

export class PresenceService implements Service, DeviceListener, WatchListener, TimerTarget {
  readonly name = 'presence'
  readonly methods = ['PUBLISH']
  readonly kinds = [
    'watches',
    'verdicts',
    'state',
    'naming',
    'watch-check',
    'name-again',
    'barrier',
    'barrier-passed',
    'presence-ask',
  ] as const
  readonly records = [publicationRecord.name, hardStateRecord.name]
  readonly rfcs = ['3856', '3863', '3903', '4662', '5264', '5367']
  readonly eventPackage: PresencePackage

  readonly #host: ShardHost
  readonly #accounts: Accounts
  readonly #events: PresenceEvents
  readonly #metrics: PresenceMetrics
  readonly #names: Names
  readonly #presentities: Presentities
  readonly #publisher: Publisher
  readonly #hardStates: HardStates
  readonly #admin: PresenceAdmin
  readonly #watches: Watches
  readonly #comparison: WatchComparison
  readonly #lists: ListSubscriptions
  readonly #reachability: Reachability
  readonly #follower: PolicyFollower
  readonly #reading = new AfterReading()

  constructor(parts: {
    host: ShardHost
    accounts: Accounts
    devices: Devices
    policy: LivePolicy
    events: PresenceEvents
    lists: Lists
    settings: PresenceSettings
  }) {
    const { host, accounts, devices, policy, events, lists, settings } = parts
    this.#host = host
    this.#accounts = accounts
    this.#events = events
    this.#metrics = presenceMetrics(host.metrics)
    const names = new Names()
    this.#names = names
    const compose: Compose = (presentity, now) => countedState(devices, presentity, now)
    const shared = { host, names, reading: this.#reading }
    this.#presentities = new Presentities({ ...shared, accounts, policy, metrics: this.#metrics, compose })
    this.#publisher = new Publisher(host, devices, settings, this.#presentities)
    this.#hardStates = new HardStates(host, this.#presentities)
    const held = { presentities: this.#presentities, hardStates: this.#hardStates }
    this.#admin = new PresenceAdmin({ host, accounts, devices, settings, ...held })
    this.#reachability = new Reachability(host, devices, settings, this.#presentities)
    this.#watches = new Watches({ ...shared, listener: this, partyOf: (aor) => partyOfAccount(accounts, aor) })
    const { domains } = host
    const watches = this.#watches
    const compared = { watches, presentities: this.#presentities, onRepair: () => this.#metrics.repaired.inc() }
    this.#comparison = new WatchComparison({ host, ...compared, betweenMs: checkEveryMs / 2 })
    this.#lists = new ListSubscriptions({ host, names, watches, lists, settings, events: this.#listEvents() })
    const onRefused = this.#metrics.refused
    const partials = new PartialStates((kind) => this.#metrics.partialMade[kind].inc())
    this.eventPackage = new PresencePackage({
      domains,
      watches,
      lists: this.#lists,
      partials,
      decider: events,
      onRefused,
    })
    devices.listen(this)
    this.#follower = new PolicyFollower(host, this.#presentities, this.#reading)
    policy.onChange((unit, presentity, done) => this.#follower.onChange(unit, presentity, done))
    policy.onWatcherChange((unit, party, done) => this.#follower.onWatcherChange(unit, party, done))
  }

  /** Watchers of this shard's users, as those are told of them. */
  get watcherInfo(): WatcherInfoSource {
    const presentities = this.#presentities
    return {
      of: (aor) => presentities.standingsOf(aor),
      listen: (listener) => presentities.standings.listen(listener),
    }
  }

  onRequest(unit: Unit, request: AuthenticatedRequest): void {
    const { message, identity, unlessKnown } = request
    if (unlessKnown) return unit.send(message.from.worker, unlessKnown)
    const refusal =
      eventName(message.request) === this.eventPackage.name ? this.#publisher.publish(unit, request) : badEvent
    if (!refusal) return unit.change(() => this.#metrics.published.inc())
    this.#metrics.refused(refusal)
    unit.send(message.from.worker, makeAnswer(message.from, { ...refusal, identity }))
  }

  onMessage(unit: Unit, message: BusMessage): void {
    switch (message.kind) {
      case 'watches':
        return this.#presentities.onWatches(unit, message)
      case 'verdicts':
        return this.#watches.onVerdicts(unit, message)
      case 'state':
        return this.#watches.onState(unit, message)
      case 'naming':
        return this.#presentities.onNaming(unit, message)
      case 'watch-check':
        return this.#comparison.onCheck(unit, message)
      case 'name-again':
        if (message.presentity !== null) return this.#watches.askAgainForUnknown(unit, message.presentity)
        return this.#watches.nameTo(unit, message.worker)
      case 'barrier':
        return unit.send(message.from.worker, { kind: 'barrier-passed', to: message.from, worker: this.#host.worker })
      case 'barrier-passed':
        return this.#follower.passed(unit, message)
      case 'presence-ask':
        return this.#admin.onAsk(unit, message)
    }
  }

  onPeerRestarted(unit: Unit, worker: number): void {
    this.#watches.nameTo(unit, worker)
    this.#follower.onPeerRestarted(unit, worker)
  }

  onWorkerGone(worker: number): void {
    this.#watches.onShardLost(worker)
    this.#follower.onOtherGone(worker)
  }

  onReachable(unit: Unit, aor: Aor, deviceKey: string): void {
    this.#reachability.onReachable(unit, aor, deviceKey)
  }

  onUnreachable(unit: Unit, aor: Aor, deviceKey: string, goodbye: boolean): void {
    this.#reachability.onUnreachable(unit, aor, deviceKey, goodbye)
  }

  load(aor: Aor, kind: string, key: StoreKey, value: Uint8Array): string | null {
    const presentity = this.#presentities.of(aor)
    this.#presentities.keep(presentity)
    const parts = { publisher: this.#publisher, hardStates: this.#hardStates }
    const fault = restoreRecord(parts, presentity, kind, value)
    if (fault !== null) presentity.unreadableKeys.push(key)
    return fault
  }

  onLoaded(): void {
    this.#host.timers.set(checkEveryMs, this, 0)
    // What other shards still think that this one watches: its subscriptions name their watches after this.
    this.#host.run({ who: '', what: 'watches-begin', hash: '' }, (unit) => {
      for (let worker = 0; worker < this.#host.workersCount; worker++) this.#watches.nameTo(unit, worker)
    })
  }

  forget(aor: Aor): void {
    this.#reading.begins(aor)
    const presentity = this.#presentities.find(aor)
    if (!presentity) return
    this.#publisher.forget(presentity)
    this.#hardStates.forget(presentity)
  }

  onReloaded(aor: Aor): void {
    const waiting = this.#reading.ends(aor)
    const presentity = this.#presentities.find(aor)
    if (presentity) this.#publisher.reloaded(presentity)
    this.#host.run({ who: aor, what: 'presence-read-again', hash: '' }, (unit) => {
      if (presentity) this.#presentities.renew(unit, presentity)
      this.#presentities.judgeWaiting(unit, aor)
    })
    // Whoever may no longer see it hears so before anybody hears of its state.
    for (const act of waiting) act()
    if (presentity) this.#tellAgain(presentity)
  }

  #tellAgain(presentity: Presentity): void {
    this.#host.run({ who: presentity.aor, what: 'presence-told-again', hash: '' }, (unit) => {
      this.#presentities.tellAgain(unit, presentity)
      this.#presentities.changed(unit, presentity, 0)
    })
  }

  /** His watchers are told by his new home; here nobody is told anything. */
  onMovedAway(aor: Aor): void {
    const presentity = this.#presentities.find(aor)
    if (!presentity) return
    this.#publisher.drop(presentity)
    this.#hardStates.forget(presentity)
    this.#presentities.drop(presentity)
  }

  onHomeFound(unit: Unit, names: readonly Aor[]): void {
    this.#watches.onHomeFound(unit, names)
  }

  /** The account is gone: so is what it has said, and whoever watches hears so. */
  removeUser(unit: Unit, aor: Aor): void {
    const presentity = this.#presentities.find(aor)
    if (presentity) {
      this.#publisher.removeAll(unit, presentity)
      this.#hardStates.removeAll(unit, presentity)
    }
    this.judgeAgain(unit, aor)
  }

  /** What watchers may see has changed: rules, or whether there is such a user. Applied after the unit. */
  judgeAgain(unit: Unit, aor: Aor): void {
    const judge = (next: Unit): void => {
      const presentity = this.#presentities.find(aor)
      if (presentity) this.#presentities.judgeAgain(next, presentity)
      this.#presentities.judgeWaiting(next, aor)
      this.#tellThere(next, aor)
    }
    const cause = { who: aor, what: 'judge-again', hash: '' }
    unit.afterwards(() => this.#reading.do(aor, () => void this.#host.run(cause, judge)))
  }

  /** Whoever waits for a user who was not there asks again; that is kept at the watchers' shards only. */
  #tellThere(unit: Unit, aor: Aor): void {
    const account = this.#accounts.find(aor)?.account
    if (!account || account.disabled) return
    unit.touch(aor)
    for (const presentity of [aor, ...account.aliases]) {
      for (const place of this.#host.everyShard()) {
        unit.sendFlushed(place, { kind: 'name-again', worker: this.#host.worker, presentity }, null)
      }
    }
  }

  /** Every ten minutes: soft state that has got out of step is named again. */
  onTimer(): void {
    this.#host.timers.set(checkEveryMs, this, 0)
    this.#metrics.watched.set(this.#watches.count)
    this.#host.run({ who: '', what: 'watch-check', hash: '' }, (unit) => {
      this.#watches.askAgainForUnknown(unit)
      unit.change(() => this.#presentities.standings.sweep())
      unit.afterwards(() => {
        this.#comparison.begin()
        this.#watches.checkStates()
      })
    })
  }

  /** Both ends of watches as this shard holds them, each `watcher presentity`: for whoever checks that they agree. */
  holdings(): { readonly namesCount: number; readonly watches: string[]; readonly watchers: string[] } {
    const watches = [...this.#watches.pairs()].map(([watcher, presentity]) => `${watcher} ${presentity}`)
    const watchers = [...this.#presentities.all()].flatMap((presentity) =>
      [...this.#presentities.watchersOf(presentity)].map(({ watcher }) => `${watcher} ${presentity.aor}`),
    )
    return { namesCount: this.#names.count, watches, watchers }
  }

  onStateChanged(subscriptionNumbers: readonly number[], presentity: Aor, causeMs: number): void {
    this.#tell(subscriptionNumbers, presentity, causeMs, ['allow'])
  }

  onKnownChanged(subscriptionNumbers: readonly number[], presentity: Aor): void {
    this.#tell(subscriptionNumbers, presentity, 0, ['allow', 'polite-block'])
  }

  /** Those whose watcher's verdict is one of these. */
  #tell(numbers: readonly number[], presentity: Aor, causeMs: number, verdicts: readonly WatchVerdict[]): void {
    const single: Subscription[] = []
    for (const number of numbers) {
      const subscription = this.#events.numbered(number)
      if (!subscription) continue
      if (!verdicts.includes(this.#watches.view(subscription.watcher, presentity).verdict)) continue
      if (this.#lists.has(subscription)) this.#lists.onState(subscription, presentity, causeMs)
      else single.push(subscription)
    }
    this.#events.changedTogether(single, causeMs)
  }

  onVerdictsChanged(subscriptionNumber: number, presentities: readonly Aor[]): void {
    const subscription = this.#events.numbered(subscriptionNumber)
    if (!subscription) return
    if (this.#lists.has(subscription)) return this.#lists.onVerdicts(subscription, presentities)
    for (const presentity of presentities) {
      const view = this.#watches.view(subscription.watcher, presentity)
      this.#host.run({ who: subscription.watcher, what: 'verdict', hash: '' }, (unit) => {
        this.#decide(unit, subscription, view)
      })
    }
  }

  #decide(unit: Unit, subscription: Subscription, view: View): void {
    this.eventPackage.onVerdict(unit, subscription, view)
    const stands = subscription.state === 'active' && (view.verdict === 'allow' || view.verdict === 'polite-block')
    // From seen to politely blocked, or back: it goes on and shows another thing.
    if (stands) unit.afterwards(() => this.#events.changed(subscription, 0))
  }

  onMoved(unit: Unit, subscriptionNumber: number, presentity: Aor, mainAor: Aor): void {
    const subscription = this.#events.numbered(subscriptionNumber)
    if (!subscription) return
    if (this.#lists.has(subscription)) this.#lists.onMoved(unit, subscription, presentity, mainAor)
    else this.eventPackage.onMoved(unit, subscription, presentity, mainAor)
  }

  watcherOf(subscriptionNumber: number): Aor | null {
    return this.#events.numbered(subscriptionNumber)?.watcher ?? null
  }

  subscriptionsOf(watcher: Aor): readonly number[] {
    return Array.from(this.#events.of(watcher), ({ number }) => number)
  }

  #listEvents(): ListEvents {
    const events = this.#events
    return {
      decide: (unit, number, decision, reason) => events.decide(unit, number, decision, reason),
      changed: (number, causeMs) => {
        const subscription = events.numbered(number)
        if (subscription) events.changed(subscription, causeMs)
      },
    }
  }
}

function partyOfAccount(accounts: Accounts, aor: Aor): PolicyParty {
  const known = accounts.find(aor)
  return known ? partyOf(known.account) : { aor, aliases: [], groups: [] }
}
