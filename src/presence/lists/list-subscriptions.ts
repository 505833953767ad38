/**
 * The subscriptions of a shard's users to lists (RFC 4662): to their own, which are followed as they change, and to
 * those that come with the SUBSCRIBE (RFC 5367). A member is watched like any presentity.
 */
import type { Admission, NotifyDocument, Refreshed, SubscribeRequest, SubscriptionHandle } from '../../events/index.ts'
import type { Rejection, ShardHost, Unit } from '../../shard/index.ts'
import { type Aor, aorDomain } from '../../sip/uri/aor.ts'
import type { Lists } from '../../xcap/index.ts'
import * as rejections from '../rejections.ts'
import type { PresenceSettings } from '../settings.ts'
import type { Names } from '../watching/names.ts'
import type { Watches } from '../watching/watches.ts'
import { tellList } from './list-document.ts'
import { type ListedMember, ListMembers, resolve } from './list-members.ts'
import { keepMembers, readMembers, readRequestList, requiresList } from './list-request.ts'
import { ListSubscription } from './list-subscription.ts'

/** What the notifier offers to them. */
export interface ListEvents {
  decide(unit: Unit, number: number, decision: 'active' | Rejection, reason: 'noresource'): void
  /** There is something new to tell. `causeMs`: since when, 0 where nobody waits for it. */
  changed(number: number, causeMs: number): void
}

/** How long a watcher waits for shards that have not said what he may see. */
const patienceMs = 1_000

/** A subscription to a list. */
type Handle = SubscriptionHandle & { data: ListSubscription }

export class ListSubscriptions {
  readonly #host: ShardHost
  readonly #names: Names
  readonly #watches: Watches
  readonly #lists: Lists
  readonly #settings: PresenceSettings
  readonly #events: ListEvents
  readonly #byWatcher = new Map<Aor, Set<Handle>>()

  constructor(parts: {
    host: ShardHost
    names: Names
    watches: Watches
    lists: Lists
    settings: PresenceSettings
    events: ListEvents
  }) {
    this.#host = parts.host
    this.#names = parts.names
    this.#watches = parts.watches
    this.#lists = parts.lists
    this.#settings = parts.settings
    this.#events = parts.events
    parts.lists.listen((unit, owner, done) => {
      this.#follow(unit, owner)
      done(unit, true)
    })
  }

  has(subscription: SubscriptionHandle): subscription is Handle {
    return subscription.data instanceof ListSubscription
  }

  /** Null: what is subscribed to is no list. */
  admit(subscription: SubscriptionHandle, request: SubscribeRequest): Admission | null {
    const contained = readRequestList(request.message, this.#settings.listMembersMax)
    if (contained && 'status' in contained) return contained
    if (!contained && requiresList(request.message)) return rejections.listMissing
    const { watcher, resourceUri } = subscription
    const service = contained ? null : this.#lists.find(watcher, resourceUri)
    if (!contained && !service) return null
    if (!subscription.supportsLists) return rejections.listNotSupported
    if (service && service.packages.length > 0 && !service.packages.includes('presence')) return rejections.listOfOthers
    const members = contained ?? service!.members
    if (this.#countOf(watcher) + members.length > this.#settings.listMembersPerUserMax) return rejections.tooManyWatched
    subscription.data = new ListSubscription(contained !== null, members, 0)
    return 'asked'
  }

  /** False: it is to no list. */
  begin(unit: Unit, subscription: SubscriptionHandle): boolean {
    subscription.data = this.#restored(subscription)
    if (!this.has(subscription)) return false
    unit.change(() => {
      const others = this.#byWatcher.get(subscription.watcher)
      if (others) others.add(subscription)
      else this.#byWatcher.set(subscription.watcher, new Set([subscription]))
    })
    this.#setMembers(unit, subscription, subscription.data.listed())
    return true
  }

  end(subscription: Handle): void {
    const { data: list, number, watcher } = subscription
    const others = this.#byWatcher.get(watcher)
    others?.delete(subscription)
    if (others?.size === 0) this.#byWatcher.delete(watcher)
    this.#stopWaiting(list)
    this.#watches.remove(number, watcher, list.members?.presentities() ?? [])
    list.members?.release()
    list.members = null
  }

  /** A list that came with the SUBSCRIBE may be replaced (RFC 5367 §3.2). */
  refresh(unit: Unit, subscription: Handle, request: SubscribeRequest): Rejection | Refreshed | null {
    const { data: list, watcher } = subscription
    const members = readRequestList(request.message, this.#settings.listMembersMax)
    if (members === null) return null
    if ('status' in members) return members
    if (!list.isContained) return rejections.listNotExpected
    if (list.has(members)) return null
    const others = this.#countOf(watcher) - list.count
    if (others + members.length > this.#settings.listMembersPerUserMax) return rejections.tooManyWatched
    this.#setMembers(unit, subscription, members)
    return { keptBody: keepMembers(members) }
  }

  keptBody({ data: list }: Handle): Uint8Array {
    return list.isContained ? keepMembers(list.listed()) : new Uint8Array(0)
  }

  /** The list that the store has, where a refresh was refused after all. */
  readAgain(unit: Unit, subscription: Handle, keptBody: Uint8Array): void {
    const members = readMembers(keptBody)
    if (subscription.data.isContained && !subscription.data.has(members)) this.#setMembers(unit, subscription, members)
  }

  replaces(made: Handle, known: Handle): boolean {
    if (made.data.isContained !== known.data.isContained) return false
    return !made.data.isContained || known.data.has(made.data.listed())
  }

  document(subscription: Handle, want: 'full' | 'changes'): NotifyDocument | null {
    const { data: list, watcher, transport } = subscription
    const { members } = list
    if (!members) return null
    const changed = want === 'full' || list.owesAll ? null : [...list.changed()]
    if (changed?.length === 0) return null
    const { listNotifyBytesMax, listNotifyUdpBytesMax } = this.#settings
    const bytesMax = transport === 'udp' ? listNotifyUdpBytesMax : listNotifyBytesMax
    const token = this.#host.entropy.word(8)
    const { body, left } = tellList({
      uri: subscription.resourceUri,
      version: list.nextVersion,
      members,
      only: changed,
      viewOf: this.#watches.viewsOf(watcher),
      documentsBytesMax: bytesMax,
      names: { token, domain: aorDomain(watcher) },
    })
    list.told(token, left)
    const { contentType, bytes } = body
    return { contentType, body: bytes, requires: 'eventlist', entityTag: list.entityTag, hasMore: left.length > 0 }
  }

  onState(subscription: Handle, presentity: Aor, causeMs: number): void {
    subscription.data.mark(presentity)
    this.#events.changed(subscription.number, causeMs)
  }

  /** Only memory: of most verdicts nothing follows until the last one is there. To be called after a unit. */
  onVerdicts(subscription: Handle, presentities: readonly Aor[]): void {
    for (const presentity of presentities) {
      subscription.data.mark(presentity)
      subscription.data.undecided?.delete(presentity)
    }
    this.#goOn(subscription)
  }

  /** A member is another name of a user, who is to be watched instead. */
  onMoved(unit: Unit, subscription: Handle, from: Aor, to: Aor): void {
    const { data: list, number, watcher } = subscription
    this.#watches.add(unit, number, watcher, [to])
    unit.change(() => {
      list.members?.move(from, to)
      list.mark(to)
      list.undecided?.delete(from)
    })
    unit.afterwards(() => {
      this.#watches.remove(number, watcher, [from])
      this.#wait(subscription, [to])
    })
  }

  /** Who is on it now; of those already watched nothing is asked again. */
  #setMembers(unit: Unit, subscription: Handle, wanted: readonly ListedMember[]): void {
    const { data: list, number, watcher } = subscription
    const former = list.members
    const before = former?.presentities() ?? new Set<Aor>()
    const presentities = resolve(wanted, this.#host.domains, former)
    const after = new Set(presentities.filter((each) => each !== null))
    const added = [...after].filter((each) => !before.has(each))
    this.#watches.add(unit, number, watcher, added)
    unit.change(() => {
      list.members = new ListMembers(this.#names, wanted, presentities)
      list.wanted = null
      list.owesAll = true
      former?.release()
    })
    unit.afterwards(() => {
      const left = [...before].filter((each) => !after.has(each))
      this.#watches.remove(number, watcher, left)
      this.#wait(subscription, added)
    })
  }

  /** Until it is known what its watcher may see of these, or for a second. */
  #wait(subscription: Handle, presentities: readonly Aor[]): void {
    const { data: list, watcher } = subscription
    const viewOf = this.#watches.viewsOf(watcher)
    for (const presentity of presentities) {
      if (viewOf(presentity).verdict !== 'asked') continue
      list.undecided ??= new Set()
      list.undecided.add(presentity)
    }
    if (list.undecided && !list.patience) {
      const target = { onTimer: () => this.#onPatienceEnded(subscription) }
      list.patience = this.#host.timers.set(patienceMs, target, 0)
    }
    this.#goOn(subscription)
  }

  #onPatienceEnded(subscription: Handle): void {
    subscription.data.undecided?.clear()
    this.#goOn(subscription)
  }

  #goOn(subscription: Handle): void {
    const { data: list, number, watcher } = subscription
    if (!list.members || (list.undecided?.size ?? 0) > 0) return
    this.#stopWaiting(list)
    if (list.isGranted) return this.#events.changed(number, 0)
    list.isGranted = true
    this.#host.run({ who: watcher, what: 'list-known', hash: '' }, (unit) =>
      this.#events.decide(unit, number, 'active', 'noresource'),
    )
  }

  #stopWaiting(list: ListSubscription): void {
    if (list.patience) this.#host.timers.cancel(list.patience)
    list.patience = null
    list.undecided = null
  }

  /** Lists of this user have changed, in memory already. */
  #follow(unit: Unit, owner: Aor): void {
    for (const subscription of this.#byWatcher.get(owner) ?? []) {
      const { data: list, number, resourceUri } = subscription
      if (list.isContained) continue
      const service = this.#lists.find(owner, resourceUri)
      if (!service) this.#events.decide(unit, number, rejections.noSuchList, 'noresource')
      else if (!list.has(service.members)) this.#setMembers(unit, subscription, service.members)
    }
  }

  /** What a subscription that was read at start is to. */
  #restored({ data, sequenceCeiling, watcher, resourceUri, supportsLists }: SubscriptionHandle): unknown {
    if (data !== null && !(data instanceof Uint8Array)) return data
    const members = data ? readMembers(data) : supportsLists && this.#lists.find(watcher, resourceUri)?.members
    if (!members) return null
    // Each NOTIFY has counted CSeq up: this version is higher than any that was told.
    const list = new ListSubscription(data !== null, members, sequenceCeiling)
    list.isGranted = true
    return list
  }

  #countOf(watcher: Aor): number {
    let count = 0
    for (const { data: list } of this.#byWatcher.get(watcher) ?? []) count += list.count
    return count
  }
}
