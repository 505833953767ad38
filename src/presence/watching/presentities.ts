/**
 * The presentities of a shard, their watchers, and the two-step fan-out: a change makes one state, which goes once to
 * every shard that has watchers who may see it, and is applied there to all of them.
 */
import type { PolicyParty } from '../../ports/policy.ts'
import type {
  NamedWatch,
  NamingMessage,
  SeeVerdict,
  StateMessage,
  StateVersion,
  Verdict,
  VerdictsMessage,
  WatchesMessage,
} from '../../ports/presence-bus.ts'
import type { Accounts, ShardHost, Unit } from '../../shard/index.ts'
import { sameBytes } from '../../sip/message/same-bytes.ts'
import type { Aor } from '../../sip/uri/aor.ts'
import type { PresenceMetrics } from '../metrics.ts'
import type { AfterReading } from './after-reading.ts'
import type { Names } from './names.ts'
import { NamingRounds, verdictIn, withVerdict } from './naming-rounds.ts'
import type { NumberTable } from './number-table.ts'
import { Presentity } from './presentity.ts'
import { type Compose, PresentityDocuments } from './presentity-documents.ts'
import { sumOfWatchers } from './sum-of-watches.ts'
import { isSame } from './version.ts'
import type { Part } from './watch-hash.ts'
import { WatcherParties } from './watcher-parties.ts'
import { WatcherPlaces } from './watcher-places.ts'
import { standingOf, type WatcherStanding, WatcherStandings } from './watcher-standings.ts'
import type { SeePolicy, Watching } from './watching.ts'

interface Answered {
  readonly presentity: Presentity
  readonly verdict: Verdict
}

export class Presentities {
  /** What the presentities' users are told of their watchers. */
  readonly standings: WatcherStandings
  readonly #host: ShardHost
  readonly #accounts: Accounts
  readonly #policy: SeePolicy
  readonly #names: Names
  readonly #metrics: PresenceMetrics
  readonly #documents: PresentityDocuments
  readonly #byAor = new Map<Aor, Presentity>()
  /** The highest of those that are forgotten: whoever is known anew goes on above it, since shards may remember. */
  #forgottenNumber = 0
  readonly #places: WatcherPlaces
  readonly #rounds: NamingRounds<Presentity>
  readonly #parties = new WatcherParties()
  readonly #reading: AfterReading

  constructor(parts: {
    host: ShardHost
    accounts: Accounts
    policy: SeePolicy
    names: Names
    metrics: PresenceMetrics
    compose: Compose
    reading: AfterReading
  }) {
    this.#host = parts.host
    this.#reading = parts.reading
    this.#places = new WatcherPlaces(parts.host)
    this.#rounds = new NamingRounds(parts.host, (presentity, place) => this.#removeUnnamed(presentity, place))
    this.#accounts = parts.accounts
    this.#policy = parts.policy
    this.#names = parts.names
    this.#metrics = parts.metrics
    this.#documents = new PresentityDocuments(parts.host, parts.compose, (unit, presentity) => {
      this.#spread(unit, presentity, 0)
    })
    this.standings = new WatcherStandings(parts.host.clock)
  }

  /** A new one is not kept before something about it is (`keep`). */
  of(aor: Aor): Presentity {
    const { incarnation } = this.#host
    return this.#byAor.get(aor) ?? new Presentity(aor, { incarnation, number: this.#forgottenNumber + 1 })
  }

  find(aor: Aor): Presentity | null {
    return this.#byAor.get(aor) ?? null
  }

  all(): Iterable<Presentity> {
    return this.#byAor.values()
  }

  /** To be called in a change. */
  keep(presentity: Presentity): void {
    this.#byAor.set(presentity.aor, presentity)
  }

  /** To be called in a change. */
  tidy(presentity: Presentity): void {
    if (!presentity.isEmpty) return
    this.#byAor.delete(presentity.aor)
    this.#forgottenNumber = Math.max(this.#forgottenNumber, presentity.version.number)
    this.#documents.forget(presentity)
  }

  /** Forgotten with its watchers, who have it from another home. */
  drop(presentity: Presentity): void {
    const { watchers, leaving } = presentity
    for (const timer of leaving.values()) this.#host.timers.cancel(timer)
    leaving.clear()
    while (watchers.count > 0) this.#dropWatcher(presentity, watchers.keyAt(watchers.count - 1))
    this.tidy(presentity)
  }

  documentOf(presentity: Presentity): Uint8Array {
    return this.#documents.of(presentity)
  }

  /**
   * Something about it may have changed in this unit: the next version leaves after the flush, if it looks different.
   * `causeMs`: when the cause came, steady wall clock.
   */
  changed(unit: Unit, presentity: Presentity, causeMs: number): void {
    unit.change(() => {
      this.keep(presentity)
      this.tidy(presentity)
    })
    unit.afterwards(() => {
      const cause = { who: presentity.aor, what: 'presence-changed', hash: '' }
      this.#host.run(cause, (next) => this.#spread(next, presentity, causeMs))
    })
  }

  /** A watcher's shard wants to know, or no longer. */
  onWatches(unit: Unit, message: WatchesMessage): void {
    const { worker, watcher, party, isWanted, number, entries } = message
    unit.change(() => this.#places.heard(message))
    if (!isWanted) return this.#unwatch(unit, watcher, entries)
    const [alone] = entries
    if (alone && entries.length === 1) {
      const answered = this.#answer(alone, party)
      unit.touch(alone.presentity)
      unit.sendFlushed(worker, this.#verdicts(watcher, [answered.verdict], number), null)
      return this.#watch(unit, party, [answered])
    }
    const answered: Answered[] = []
    for (const entry of entries) {
      const each = this.#answerNow(entry, party)
      if (each) answered.push(each)
      else unit.afterwards(() => this.#answerAlone(message, entry))
    }
    if (answered.length === 0) return
    // None of them waits for the store, so this overtakes nothing.
    const verdicts = answered.map(({ verdict }) => verdict)
    unit.send(worker, this.#verdicts(watcher, verdicts, number))
    this.#watch(unit, party, answered)
  }

  /** Null: it must wait for the store, or it fails, and others with whom it is named must not wait or fail with it. */
  #answerNow(entry: NamedWatch, party: PolicyParty): Answered | null {
    if (this.#host.awaitsStore(entry.presentity)) return null
    try {
      return this.#answer(entry, party)
    } catch {
      // It fails again in a unit of its own, which says so.
      return null
    }
  }

  #verdicts(watcher: Aor, verdicts: readonly Verdict[], heard = this.#places.heardOf(watcher)): VerdictsMessage {
    return { kind: 'verdicts', watcher, heard, verdicts }
  }

  #answerAlone(message: WatchesMessage, entry: NamedWatch): void {
    const cause = { who: message.watcher, what: message.kind, hash: '' }
    this.#host.run(cause, (unit) => this.onWatches(unit, { ...message, entries: [entry] }))
  }

  #answer({ presentity: aor, known }: NamedWatch, party: PolicyParty): Answered {
    const mainAor = this.#accounts.aliasOf(aor)
    const verdict = mainAor ? 'unknown' : this.#judge(aor, party)
    const presentity = this.of(aor)
    const isNew = verdict === 'allow' && !isSame(presentity.version, known)
    const state = isNew ? this.#stateOf(presentity, 0) : null
    return { presentity, verdict: { presentity: aor, verdict, state, mainAor } }
  }

  #watch(unit: Unit, party: PolicyParty, answered: readonly Answered[]): void {
    unit.change(() => {
      for (const { presentity, verdict } of answered) {
        if (verdict.verdict === 'unknown') continue
        this.keep(presentity)
        this.#setVerdict(presentity, party.aor, verdict.verdict)
        this.#markNamed(presentity, party.aor)
      }
      this.partyChanged(party)
    })
  }

  /** A watcher is known by these names and groups from now on. To be called in a change. */
  partyChanged(party: PolicyParty): void {
    if (this.#names.find(party.aor) === null) this.#parties.forget(party.aor)
    else this.#parties.set(party)
  }

  onNaming(unit: Unit, { worker, phase }: NamingMessage): void {
    unit.change(() => {
      if (phase === 'end') return this.#rounds.end(worker, [...this.#byAor.values()])
      this.#places.beginsAnew(worker)
      this.#rounds.begin(worker)
    })
  }

  hasNamed(place: number): boolean {
    return this.#rounds.hasEnded(place)
  }

  /** Count and sum of hashes of the watches that this worker has here. */
  sumOf(worker: number, part: Part): { count: number; hash: number } {
    return sumOfWatchers(this.#byAor.values(), (each) => this.watchersOf(each), { worker, part })
  }

  *watchersOf({ watchers }: Presentity): Iterable<Watching> {
    for (let index = 0; index < watchers.count; index++) {
      const watcher = this.#names.nameOf(watchers.keyAt(index))
      const verdict = verdictAt(watchers, index)
      yield { watcher, shard: this.#places.of(watcher), verdict, sinceMs: watchers.timeAt(index) * 1000 }
    }
  }

  /**
   * Rules have changed: every watcher is judged again, or `only` one. Returns the shards that are told something, for
   * the barrier. `isKept`: see `PolicyFollower`.
   */
  judgeAgain(
    unit: Unit,
    presentity: Presentity,
    { only = null, isKept = false }: { readonly only?: Aor | null; readonly isKept?: boolean } = {},
  ): ReadonlySet<number> {
    const told = new Set<number>()
    // Behind what it was told before, which may wait for the store: a verdict must not overtake another.
    unit.touch(presentity.aor)
    for (const { watcher, shard, verdict: before } of this.watchersOf(presentity)) {
      if (only !== null && watcher !== only) continue
      const verdict = this.#judge(presentity.aor, this.#parties.of(watcher))
      if (verdict === before) continue
      told.add(shard)
      const state = verdict === 'allow' ? this.#stateOf(presentity, 0) : null
      const message = this.#verdicts(watcher, [{ presentity: presentity.aor, verdict, state, mainAor: null }])
      unit.sendFlushed(shard, message, isKept && verdict !== 'allow' ? message : null)
      unit.change(() => this.#setVerdict(presentity, watcher, verdict))
    }
    return told
  }

  /** The same for watchers that wait for their user's decision; null: for those of all presentities. */
  judgeWaiting(unit: Unit, aor: Aor | null): void {
    const judge = (presentity: Aor, party: PolicyParty) =>
      this.#reading.isReading(presentity) ? null : this.#judge(presentity, party)
    unit.change(() => this.standings.judgeWaiting(aor, judge))
  }

  /** What it shows may be another thing than what was said last. Nobody is told of it yet. */
  renew(unit: Unit, presentity: Presentity): void {
    unit.change(() => {
      this.#documents.forget(presentity)
      presentity.version = this.#versionAfter(presentity)
    })
  }

  /** Watchers as their user is told of them. */
  standingsOf(aor: Aor): readonly WatcherStanding[] {
    const presentity = this.#byAor.get(aor)
    const watching = [...(presentity ? this.watchersOf(presentity) : [])].flatMap(({ watcher, verdict, sinceMs }) => {
      const standing = standingOf(verdict)
      return standing ? [{ watcher, sinceMs, ...standing }] : []
    })
    return [...watching, ...this.standings.waitingFor(aor)]
  }

  /**
   * What was said to watchers may have been lost with a batch: all of it again. With it went what they were judged by,
   * a removal of the user for instance, so they are judged anew. `only`: those of this shard.
   */
  tellAgain(unit: Unit, presentity: Presentity, only: number | null = null): void {
    const { aor } = presentity
    unit.touch(aor)
    for (const { watcher, shard, verdict: before } of this.watchersOf(presentity)) {
      if (only !== null && shard !== only) continue
      const verdict = this.#judge(aor, this.#parties.of(watcher))
      if (verdict !== before) unit.change(() => this.#setVerdict(presentity, watcher, verdict))
      const state = verdict === 'allow' ? this.#stateOf(presentity, 0) : null
      unit.sendFlushed(shard, this.#verdicts(watcher, [{ presentity: aor, verdict, state, mainAor: null }]), null)
    }
  }

  /** Those that this watcher watches. */
  *watchedBy(watcher: Aor): Iterable<Presentity> {
    const number = this.#names.find(watcher)
    if (number === null) return
    for (const presentity of this.#byAor.values()) if (presentity.watchers.has(number)) yield presentity
  }

  #judge(aor: Aor, watcher: PolicyParty): SeeVerdict {
    const known = this.#accounts.find(aor)
    if (!known || known.account.disabled) return 'unknown'
    return this.#policy.maySee(watcher, aor)
  }

  #versionAfter({ version }: Presentity): StateVersion {
    return { incarnation: this.#host.incarnation, number: version.number + 1 }
  }

  #spread(unit: Unit, presentity: Presentity, causeMs: number): void {
    // What he says is not known; when it is, all are told.
    if (this.#reading.isReading(presentity.aor)) return
    const shards = new Set<number>()
    let watchersCount = 0
    for (const { shard, verdict } of this.watchersOf(presentity)) {
      if (verdict !== 'allow') continue
      watchersCount++
      shards.add(shard)
    }
    const version = this.#versionAfter(presentity)
    // It is composed when somebody asks.
    if (watchersCount === 0) return this.renew(unit, presentity)
    const composed = this.#documents.compose(presentity)
    const { document } = composed
    const isSame = presentity.document !== null && sameBytes(presentity.document, document)
    unit.change(() => {
      this.#documents.keep(presentity, composed)
      if (!isSame) presentity.version = version
    })
    if (isSame) return
    this.#metrics.fanOut.observe(watchersCount)
    const state: StateMessage = { kind: 'state', presentity: presentity.aor, version, document, causeMs }
    unit.touch(presentity.aor)
    for (const shard of shards) unit.sendFlushed(shard, state, null)
  }

  #stateOf(presentity: Presentity, causeMs: number): StateMessage {
    const { aor, version } = presentity
    return { kind: 'state', presentity: aor, version, document: this.#documents.of(presentity), causeMs }
  }

  #unwatch(unit: Unit, watcher: Aor, entries: readonly NamedWatch[]): void {
    const number = this.#names.find(watcher)
    if (number === null) return
    const left = entries.flatMap(({ presentity }) => this.#byAor.get(presentity) ?? [])
    unit.change(() => {
      for (const presentity of left) this.#dropWatcher(presentity, number)
    })
  }

  #setVerdict({ aor, watchers }: Presentity, watcher: Aor, verdict: SeeVerdict): void {
    const number = this.#names.find(watcher)
    const index = number === null ? -1 : watchers.indexOf(number)
    const wallMs = this.#host.clock.wallMs()
    const before = index < 0 ? null : verdictAt(watchers, index)
    const sinceMs = index < 0 ? wallMs : watchers.timeAt(index) * 1000
    if (index >= 0) watchers.setValueAt(index, withVerdict(watchers.valueAt(index), verdict))
    else watchers.set(this.#names.retain(watcher), withVerdict(0, verdict), Math.floor(wallMs / 1000))
    this.standings.judged(aor, watcher, sinceMs, [before, verdict])
  }

  #dropWatcher(presentity: Presentity, number: number): void {
    const { aor, watchers } = presentity
    const index = watchers.indexOf(number)
    if (index < 0) return
    const watcher = this.#names.nameOf(number)
    this.standings.ended(aor, this.#parties.of(watcher), watchers.timeAt(index) * 1000, verdictAt(watchers, index))
    watchers.delete(number)
    this.#names.release(number)
    if (this.#names.find(watcher) === null) this.#forget(watcher)
    this.tidy(presentity)
  }

  #forget(watcher: Aor): void {
    this.#parties.forget(watcher)
    this.#places.forget(watcher)
  }

  #markNamed({ watchers }: Presentity, watcher: Aor): void {
    const index = watchers.indexOf(this.#names.find(watcher)!)
    watchers.setValueAt(index, this.#rounds.named(verdictAt(watchers, index), this.#places.of(watcher)))
  }

  #removeUnnamed(presentity: Presentity, worker: number): void {
    const { watchers } = presentity
    for (let index = watchers.count - 1; index >= 0; index--) {
      const number = watchers.keyAt(index)
      if (this.#places.of(this.#names.nameOf(number)) !== worker) continue
      if (!this.#rounds.isNamed(watchers.valueAt(index), worker)) this.#dropWatcher(presentity, number)
    }
  }
}

function verdictAt(watchers: NumberTable, index: number): SeeVerdict {
  return verdictIn(watchers.valueAt(index)) as SeeVerdict
}
