/**
 * The watcher's side of presence: which presentities the users of this shard watch, with the newest state of each,
 * kept once for all its watchers here. Soft state: named to the presentity's shard, again when that begins anew.
 */
import { isOwnPlace, serverOfPlace } from '../../ports/places.ts'
import type { PolicyParty } from '../../ports/policy.ts'
import type { StateMessage, Verdict, VerdictsMessage } from '../../ports/presence-bus.ts'
import type { ShardHost, Unit } from '../../shard/index.ts'
import { ownBytes } from '../../sip/message/own-bytes.ts'
import { sameBytes } from '../../sip/message/same-bytes.ts'
import type { Aor } from '../../sip/uri/aor.ts'
import type { AfterReading } from './after-reading.ts'
import { Confirmation, confirmed, unconfirmedElsewhereMs, unconfirmedMs, unknown } from './confirmation.ts'
import { nameWatches, type PlacedWatch } from './name-watches.ts'
import type { Names } from './names.ts'
import { NamingNumbers } from './naming-numbers.ts'
import { byWatcher, type IsMeant, NamingTurns, type WatchesOf } from './naming-turns.ts'
import { sumOfWatches } from './sum-of-watches.ts'
import { verdictCode, verdictOf } from './verdicts.ts'
import { isNewer } from './version.ts'
import { checkVersions } from './version-check.ts'
import { nothing, type View } from './view.ts'
import { isInPart, type Part } from './watch-hash.ts'
import { Watched, type WatchListener } from './watched.ts'

/** After a home could not be asked whether it has somebody. */
const lookAgainMs = 2_000

export class Watches {
  readonly #host: ShardHost
  readonly #names: Names
  readonly #listener: WatchListener
  readonly #partyOf: (watcher: Aor) => PolicyParty
  readonly #reading: AfterReading
  readonly #watched = new Map<Aor, Watched>()
  readonly #confirmation: Confirmation<Watched>
  readonly #namings: NamingNumbers
  readonly #turns: NamingTurns<Watched>
  readonly #own: { readonly worker: number }

  constructor(parts: {
    host: ShardHost
    names: Names
    listener: WatchListener
    /** By which names and groups a watcher of this shard is judged. */
    partyOf: (watcher: Aor) => PolicyParty
    reading: AfterReading
  }) {
    this.#host = parts.host
    this.#own = { worker: parts.host.worker }
    this.#names = parts.names
    this.#listener = parts.listener
    this.#partyOf = parts.partyOf
    this.#reading = parts.reading
    this.#namings = new NamingNumbers(parts.host.incarnation)
    this.#turns = new NamingTurns(
      parts.host,
      (unit, watches) => this.#nameWatchesOf(unit, watches),
      (all, act) => this.#waitsForReading(all, act),
    )
    this.#confirmation = new Confirmation(parts.host, (watched) => this.#tellKnown(watched))
  }

  /** Presentities that anybody here watches. */
  get count(): number {
    return this.#watched.size
  }

  /** Who watches whom from here. */
  *pairs(): Iterable<readonly [watcher: Aor, presentity: Aor]> {
    for (const { aor, watchers } of this.#watched.values()) {
      for (let index = 0; index < watchers.count; index++) yield [this.#names.nameOf(watchers.keyAt(index)), aor]
    }
  }

  view(watcher: Aor, presentity: Aor): View {
    return this.#view(this.#names.find(watcher), presentity)
  }

  /** The same for many presentities, one after the other. */
  viewsOf(watcher: Aor): (presentity: Aor) => View {
    const number = this.#names.find(watcher)
    return (presentity) => this.#view(number, presentity)
  }

  #view(number: number | null, presentity: Aor): View {
    const watched = this.#watched.get(presentity)
    const code = watched && number !== null ? watched.watchers.get(number) : -1
    if (!watched || code < 0) return nothing
    const verdict = verdictOf(code)
    const mayRead = verdict === 'allow'
    const isUnknown = watched.lostIn === unknown
    return { verdict, version: watched.version, document: mayRead ? watched.document : null, isUnknown }
  }

  /** That worker is gone: until its successor has spoken the last states stand, for a while. */
  onShardLost(worker: number): void {
    const lost = [...this.#watched.values()].filter(({ shard }) => shard === worker)
    this.#confirmation.lost(lost, isOwnPlace(worker) ? unconfirmedMs : unconfirmedElsewhereMs)
  }

  /** `presentities`: each once. */
  add(unit: Unit, subscriptionNumber: number, watcher: Aor, presentities: readonly Aor[]): void {
    const number = this.#names.find(watcher)
    const asked = presentities.filter((presentity) => {
      return number === null || !this.#watched.get(presentity)?.watchers.has(number)
    })
    const watches = asked.map((presentity) => {
      const known = this.#watched.get(presentity)
      return { presentity, shard: known?.shard ?? this.#placeOf(presentity), known: known?.version ?? null }
    })
    const naming = this.#namings.next()
    this.#name(unit, watcher, naming, watches)
    unit.change(() => {
      for (const each of presentities) this.#watchedFor(each).subscriptions.set(subscriptionNumber, 0)
      for (const each of asked) this.#keepWatcher(this.#watchedFor(each), watcher, naming)
    })
  }

  /** Lists of several devices that follow one change add the same watch in one unit: its name is counted once. */
  #keepWatcher({ watchers }: Watched, watcher: Aor, naming: number): void {
    const number = this.#names.find(watcher)
    if (number !== null && watchers.has(number)) return
    watchers.set(this.#names.retain(watcher), verdictCode('asked'), this.#namings.kept(naming))
  }

  /** The subscription no longer wants these. To be called after a unit. */
  remove(subscriptionNumber: number, watcher: Aor, presentities: Iterable<Aor>): void {
    const numbers = this.#listener.subscriptionsOf(watcher)
    const left: Watched[] = []
    for (const presentity of presentities) {
      const watched = this.#watched.get(presentity)
      if (!watched?.subscriptions.delete(subscriptionNumber)) continue
      if (!numbers.some((number) => watched.subscriptions.has(number))) left.push(watched)
    }
    if (left.length > 0) this.#leave(left, watcher)
  }

  /** For a subscription that joins what is watched already: it hears what is known. To be called after a unit. */
  tellAgain(subscriptionNumber: number, presentity: Aor): void {
    const watcher = this.#listener.watcherOf(subscriptionNumber)
    if (watcher === null) return
    if (this.view(watcher, presentity).verdict === 'asked') return
    this.#listener.onVerdictsChanged(subscriptionNumber, [presentity])
  }

  /** `isLast`: no other home has those who are unknown. */
  onVerdicts(unit: Unit, { watcher, heard, verdicts }: VerdictsMessage, isLast = false): void {
    const number = this.#names.find(watcher)
    const news: { readonly watched: Watched; readonly verdict: Verdict }[] = []
    for (const verdict of verdicts) {
      const watched = this.#watched.get(verdict.presentity)
      const code = watched && number !== null ? this.#codeOf(watched, number, heard) : -1
      const isNew = code !== verdictCode(verdict.verdict)
      if (watched && !verdict.state) this.#confirm(unit, watched)
      // Who may see from now on is told by the verdict, once.
      if (verdict.state) this.onState(unit, verdict.state, code >= 0 && isNew ? watcher : null)
      if (!watched || code < 0) continue
      if (!isLast && this.#mayBeElsewhere(watched, verdict)) {
        unit.afterwards(() => this.#lookElsewhere(watched, { kind: 'verdicts', watcher, heard, verdicts: [verdict] }))
        continue
      }
      if (verdict.mainAor !== null) this.#move(unit, watched, watcher, verdict.mainAor)
      else if (isNew) news.push({ watched, verdict })
    }
    if (news.length === 0 || number === null) return
    unit.change(() => {
      for (const { watched, verdict } of news) watched.watchers.set(number, verdictCode(verdict.verdict))
    })
    unit.afterwards(() => {
      for (const subscription of this.#listener.subscriptionsOf(watcher)) {
        const told = news.filter(({ watched }) => watched.subscriptions.has(subscription))
        if (told.length === 0) continue
        this.#listener.onVerdictsChanged(
          subscription,
          told.map(({ watched }) => watched.aor),
        )
      }
    })
  }

  /** -1: who says something of it had not heard of it, or it is not there. */
  #codeOf({ watchers }: Watched, number: number, heard: number): number {
    const index = watchers.indexOf(number)
    return index < 0 || this.#namings.isBefore(heard, watchers.timeAt(index)) ? -1 : watchers.valueAt(index)
  }

  /** The presentity's name is another name of this user. */
  #move(unit: Unit, { aor, subscriptions }: Watched, watcher: Aor, mainAor: Aor): void {
    unit.afterwards(() => {
      for (const subscription of this.#listener.subscriptionsOf(watcher)) {
        if (!subscriptions.has(subscription)) continue
        this.#host.run({ who: watcher, what: 'presentity-moved', hash: '' }, (next) =>
          this.#listener.onMoved(next, subscription, aor, mainAor),
        )
      }
    })
  }

  /** `except`: this watcher hears of it otherwise. */
  onState(unit: Unit, { presentity, version, document, causeMs }: StateMessage, except: Aor | null = null): void {
    const watched = this.#watched.get(presentity)
    if (!watched || !isNewer(version, watched.version)) return
    const isSame = watched.document !== null && sameBytes(watched.document, document)
    this.#confirm(unit, watched)
    unit.change(() => {
      watched.version = version
      watched.document = ownBytes(document)
    })
    // After a batch that failed a presentity may come back to what it was: that is no news.
    if (isSame) return
    unit.afterwards(() => {
      const told = this.#subscriptionsOf(watched)
      const others = except === null ? told : told.filter((each) => this.#listener.watcherOf(each) !== except)
      this.#listener.onStateChanged(others, presentity, causeMs)
    })
  }

  /** Nobody here: his home may be another one. */
  #mayBeElsewhere({ aor, shard }: Watched, { verdict, mainAor }: Verdict): boolean {
    const { elsewhere } = this.#host
    return (
      elsewhere !== null && verdict === 'unknown' && mainAor === null && isOwnPlace(shard) && elsewhere.mayHave(aor)
    )
  }

  #lookElsewhere(watched: Watched, verdicts: VerdictsMessage): void {
    this.#host.elsewhere?.find(watched.aor, (place) => {
      if (this.#watched.get(watched.aor) !== watched) return
      const cause = { who: verdicts.watcher, what: 'home-found', hash: '' }
      // Whoever waits for it waits on; that there is no such user is said only by those who know.
      if (place === 'unsure')
        this.#host.timers.set(lookAgainMs, { onTimer: () => this.#lookElsewhere(watched, verdicts) }, 0)
      else if (place === null) this.#host.run(cause, (unit) => this.onVerdicts(unit, verdicts, true))
      else if (watched.shard !== place) {
        watched.shard = place
        this.#host.run(cause, (unit) => this.#nameAgain(unit, [watched], () => true))
      }
    })
  }

  /** Whoever of these is watched here is watched at his home as it is known now; what is known of him stands. */
  onHomeFound(unit: Unit, names: readonly Aor[]): void {
    const { elsewhere } = this.#host
    for (const name of names) {
      const watched = this.#watched.get(name)
      const isKnown = elsewhere !== null && (elsewhere.peek(name) !== null || elsewhere.isOwn(name))
      if (!watched || !isKnown || watched.shard === this.#placeOf(name)) continue
      watched.shard = this.#placeOf(name)
      // Another shard counts otherwise.
      watched.version = null
      this.#nameAgain(unit, [watched], () => true)
    }
  }

  #placeOf(presentity: Aor): number {
    return this.#host.elsewhere?.peek(presentity) ?? this.#host.shardOf(presentity)
  }

  /** That shard begins anew: it is named all watches that we have there, and then knows which it has no more. */
  nameTo(unit: Unit, worker: number): void {
    if (!isOwnPlace(worker)) this.#placeAnew(worker)
    this.#turns.begin(
      unit,
      worker,
      byWatcher(this.#watched.values(), ({ shard }) => shard === worker),
    )
  }

  /**
   * Another start of that server may have another number of workers, and counts its versions from the beginning again.
   */
  #placeAnew(place: number): void {
    for (const watched of this.#watched.values()) {
      if (serverOfPlace(watched.shard) !== serverOfPlace(place)) continue
      watched.shard = this.#placeOf(watched.aor)
      if (watched.shard === place) watched.version = null
    }
  }

  /** Users that were not there may have been made since: all of them, or the one who is named. */
  askAgainForUnknown(unit: Unit, presentity: Aor | null = null): void {
    const unknown = verdictCode('unknown')
    const only = presentity === null ? null : this.#watched.get(presentity)
    const meant = presentity === null ? this.#watched.values() : only ? [only] : []
    this.#nameAgain(unit, meant, ({ watchers }, index) => watchers.valueAt(index) === unknown)
  }

  /** A state that the bus has lost comes again: each presentity is named with the version that is known here. */
  checkStates(): void {
    const all = [...this.#watched.values()]
    checkVersions(this.#host, all, (unit, some, isMeant) => this.#nameAgain(unit, some, isMeant))
  }

  #nameAgain(unit: Unit, presentities: Iterable<Watched>, isMeant: IsMeant<Watched>): void {
    for (const watches of byWatcher(presentities, isMeant)) this.#nameWatchesOf(unit, watches)
  }

  #nameWatchesOf(unit: Unit, [number, all]: WatchesOf<Watched>): void {
    const watches = all
      .filter(({ watchers }) => watchers.has(number))
      .map(({ aor, shard, version }) => ({ presentity: aor, shard, known: version }))
    if (watches.length > 0) this.#name(unit, this.#names.nameOf(number), this.#namings.next(), watches)
  }

  #waitsForReading(all: readonly WatchesOf<Watched>[], act: () => void): boolean {
    const read = this.#reading.isEmpty ? [] : all.flatMap(([number]) => this.#names.nameIfUsed(number) ?? [])
    const watcher = read.find((each) => this.#reading.isReading(each))
    if (watcher !== undefined) this.#reading.do(watcher, act)
    return watcher !== undefined
  }

  /** In which groups he is nobody knows while his records are read: then what he still watches is named behind that. */
  #name(unit: Unit, watcher: Aor, naming: number, watches: readonly PlacedWatch[]): void {
    if (!this.#reading.isReading(watcher)) {
      const party = this.#partyOf(watcher)
      return nameWatches(unit, { ...this.#own, party, isWanted: true, number: naming }, watches)
    }
    const later = (): void => {
      const number = this.#names.find(watcher)
      const named = watches.flatMap(({ presentity }) => this.#watched.get(presentity) ?? [])
      const cause = { who: watcher, what: 'watches-named', hash: '' }
      if (number !== null) this.#host.run(cause, (next) => this.#nameWatchesOf(next, [number, named]))
    }
    unit.afterwards(() => this.#reading.do(watcher, later))
  }

  /** How many watches there are. */
  get pairsCount(): number {
    let count = 0
    for (const { watchers } of this.#watched.values()) count += watchers.count
    return count
  }

  /** Count and sum of hashes of the watches there, to be compared with what that shard has. */
  sumOf(worker: number, part: Part): { count: number; hash: number } {
    const there = [...this.#watched.values()].filter(({ aor, shard }) => shard === worker && isInPart(aor, part))
    return sumOfWatches(there, this.#names)
  }

  /** In one unit for all of these. */
  #leave(left: readonly Watched[], watcher: Aor): void {
    const number = this.#names.find(watcher)
    if (number === null) return
    const watches = left.filter(({ watchers }) => watchers.has(number))
    this.#host.run({ who: watcher, what: 'watches-ended', hash: '' }, (unit) => {
      const named = watches.map(({ aor, shard }) => ({ presentity: aor, shard, known: null }))
      const party = this.#partyOf(watcher)
      nameWatches(unit, { ...this.#own, party, isWanted: false, number: this.#namings.next() }, named)
      unit.change(() => {
        for (const watched of watches) this.#drop(watched, number)
      })
    })
  }

  #drop(watched: Watched, number: number): void {
    watched.watchers.delete(number)
    this.#names.release(number)
    if (watched.watchers.count === 0 && this.#watched.get(watched.aor) === watched) this.#watched.delete(watched.aor)
  }

  /** Its shard has spoken of it. */
  #confirm(unit: Unit, watched: Watched): void {
    if (watched.lostIn === confirmed) return
    const wasUnknown = watched.lostIn === unknown
    unit.change(() => {
      watched.lostIn = confirmed
    })
    if (wasUnknown) unit.afterwards(() => this.#tellKnown(watched))
  }

  #tellKnown(watched: Watched): void {
    this.#listener.onKnownChanged(this.#subscriptionsOf(watched), watched.aor)
  }

  /** A copy: what is told may end subscriptions. */
  #subscriptionsOf({ subscriptions }: Watched): readonly number[] {
    return Array.from({ length: subscriptions.count }, (_, index) => subscriptions.keyAt(index))
  }

  #watchedFor(presentity: Aor): Watched {
    let watched = this.#watched.get(presentity)
    if (!watched) {
      watched = new Watched(presentity, this.#placeOf(presentity))
      this.#watched.set(presentity, watched)
    }
    return watched
  }
}
