/**
 * The watcher's side of presence: which presentities the users of this shard watch, with the newest state of each,
 * kept once for all its watchers here. Soft state: named to the presentity's shard, again when that begins anew.
 */
import type { PolicyParty } from '../../ports/policy.ts'
import type { StateMessage, StateVersion, VerdictMessage, WatchMessage } from '../../ports/presence-bus.ts'
import type { ShardHost, Unit } from '../../shard/index.ts'
import { ownBytes } from '../../sip/message/own-bytes.ts'
import { sameBytes } from '../../sip/message/same-bytes.ts'
import type { Aor } from '../../sip/uri/aor.ts'
import type { Names } from './names.ts'
import { NumberTable } from './number-table.ts'
import { verdictCode, verdictOf, type WatchVerdict } from './verdicts.ts'
import { isNewer } from './version.ts'

/** What a watcher may be shown now. */
export interface View {
  readonly verdict: WatchVerdict
  readonly version: StateVersion | null
  readonly document: Uint8Array | null
}

/** Somebody who wants to know: a subscription, alone or with others in a list. */
export interface WatchListener {
  onStateChanged(subscriptionNumber: number, presentity: Aor, causeMs: number): void
  /** After a unit. */
  onVerdictChanged(subscriptionNumber: number, presentity: Aor, view: View): void
  /** The presentity's name is another name of this user, who is to be watched instead. */
  onMoved(unit: Unit, subscriptionNumber: number, presentity: Aor, mainAor: Aor): void
  watcherOf(subscriptionNumber: number): Aor | null
  /** His subscriptions, by number, to whatever. */
  subscriptionsOf(watcher: Aor): readonly number[]
}

class Watched {
  readonly aor: Aor
  readonly shard: number
  version: StateVersion | null = null
  document: Uint8Array | null = null
  /** Watchers of this shard → verdict. */
  readonly watchers = new NumberTable()
  readonly subscriptions = new NumberTable()

  constructor(aor: Aor, shard: number) {
    this.aor = aor
    this.shard = shard
  }
}

export class Watches {
  readonly #host: ShardHost
  readonly #names: Names
  readonly #listener: WatchListener
  readonly #partyOf: (watcher: Aor) => PolicyParty
  readonly #watched = new Map<Aor, Watched>()

  constructor(parts: {
    host: ShardHost
    names: Names
    listener: WatchListener
    /** By which names and groups a watcher of this shard is judged. */
    partyOf: (watcher: Aor) => PolicyParty
  }) {
    this.#host = parts.host
    this.#names = parts.names
    this.#listener = parts.listener
    this.#partyOf = parts.partyOf
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
    const watched = this.#watched.get(presentity)
    const number = this.#names.find(watcher)
    const code = watched && number !== null ? watched.watchers.get(number) : -1
    if (!watched || code < 0) return nothing
    const verdict = verdictOf(code)
    const mayRead = verdict === 'allow'
    return { verdict, version: watched.version, document: mayRead ? watched.document : null }
  }

  add(unit: Unit, subscriptionNumber: number, watcher: Aor, presentity: Aor): void {
    const known = this.#watched.get(presentity)
    const number = this.#names.find(watcher)
    const isWatching = known !== undefined && number !== null && known.watchers.has(number)
    if (!isWatching) {
      unit.send(this.#host.shardOf(presentity), this.#watch(presentity, watcher, true, known?.version ?? null))
    }
    unit.change(() => {
      const watched = this.#watchedFor(presentity)
      watched.subscriptions.set(subscriptionNumber, 0)
      if (isWatching) return
      watched.watchers.set(this.#names.retain(watcher), verdictCode('asked'))
    })
  }

  /** The subscription no longer wants it. To be called after a unit. */
  remove(subscriptionNumber: number, watcher: Aor, presentity: Aor): void {
    const watched = this.#watched.get(presentity)
    if (!watched?.subscriptions.delete(subscriptionNumber)) return
    if (this.#ofWatcher(watched, watcher).length === 0) this.#leave(watched, watcher)
  }

  /** For a subscription that joins what is watched already: it hears what is known. To be called after a unit. */
  tellAgain(subscriptionNumber: number, presentity: Aor): void {
    const watcher = this.#listener.watcherOf(subscriptionNumber)
    if (watcher === null) return
    const view = this.view(watcher, presentity)
    if (view.verdict !== 'asked') this.#listener.onVerdictChanged(subscriptionNumber, presentity, view)
  }

  onVerdict(unit: Unit, { presentity, watcher, verdict, state, mainAor }: VerdictMessage): void {
    const watched = this.#watched.get(presentity)
    const number = this.#names.find(watcher)
    const isNew = number !== null && watched?.watchers.get(number) !== verdictCode(verdict)
    // Who may see from now on is told by the verdict, once.
    if (state) this.onState(unit, state, isNew ? watcher : null)
    if (!watched || number === null || !watched.watchers.has(number)) return
    if (mainAor !== null) {
      unit.afterwards(() => {
        for (const subscription of this.#ofWatcher(watched, watcher)) {
          this.#host.run({ who: watcher, what: 'presentity-moved', hash: '' }, (next) =>
            this.#listener.onMoved(next, subscription, presentity, mainAor),
          )
        }
      })
      return
    }
    if (!isNew) return
    unit.change(() => void watched.watchers.set(number, verdictCode(verdict)))
    unit.afterwards(() => {
      const view = this.view(watcher, presentity)
      for (const subscription of this.#ofWatcher(watched, watcher)) {
        this.#listener.onVerdictChanged(subscription, presentity, view)
      }
    })
  }

  /** `except`: this watcher hears of it otherwise. */
  onState(unit: Unit, { presentity, version, document, causeMs }: StateMessage, except: Aor | null = null): void {
    const watched = this.#watched.get(presentity)
    if (!watched || !isNewer(version, watched.version)) return
    const isSame = watched.document !== null && sameBytes(watched.document, document)
    unit.change(() => {
      watched.version = version
      watched.document = ownBytes(document)
    })
    // After a batch that failed a presentity may come back to what it was: that is no news.
    if (isSame) return
    unit.afterwards(() => {
      for (const subscription of this.#subscriptionsOf(watched)) {
        if (except !== null && this.#listener.watcherOf(subscription) === except) continue
        this.#listener.onStateChanged(subscription, presentity, causeMs)
      }
    })
  }

  /** That shard begins anew: it is named all watches that we have there, and then knows which it has no more. */
  nameTo(unit: Unit, worker: number): void {
    const own = this.#host.worker
    unit.send(worker, { kind: 'naming', worker: own, phase: 'begin' })
    for (const watched of this.#watched.values()) {
      if (watched.shard !== worker) continue
      for (let index = 0; index < watched.watchers.count; index++) {
        const watcher = this.#names.nameOf(watched.watchers.keyAt(index))
        unit.send(worker, this.#watch(watched.aor, watcher, true, watched.version))
      }
    }
    unit.send(worker, { kind: 'naming', worker: own, phase: 'end' })
  }

  /** Users that were not there may have been made since: nobody tells us. */
  askAgainForUnknown(unit: Unit): void {
    for (const watched of this.#watched.values()) {
      for (let index = 0; index < watched.watchers.count; index++) {
        if (verdictOf(watched.watchers.valueAt(index)) !== 'unknown') continue
        const watcher = this.#names.nameOf(watched.watchers.keyAt(index))
        unit.send(watched.shard, this.#watch(watched.aor, watcher, true, watched.version))
      }
    }
  }

  /** Count and sum of hashes of the watches there, to be compared with what that shard has. */
  sumOf(worker: number): { count: number; hash: number } {
    let count = 0
    let hash = 0
    for (const watched of this.#watched.values()) {
      if (watched.shard !== worker) continue
      for (let index = 0; index < watched.watchers.count; index++) {
        // The other end does not keep who waits for a user that is not there.
        const verdict = verdictOf(watched.watchers.valueAt(index))
        if (verdict === 'unknown') continue
        count++
        hash = (hash + watchHash(watched.aor, this.#names.nameOf(watched.watchers.keyAt(index)), verdict)) >>> 0
      }
    }
    return { count, hash }
  }

  #watch(presentity: Aor, watcher: Aor, isWanted: boolean, known: StateVersion | null): WatchMessage {
    return { kind: 'watch', presentity, watcher, party: this.#partyOf(watcher), isWanted, known }
  }

  /** The watcher's own subscriptions to it: he has few, a presentity may have thousands. */
  #ofWatcher({ subscriptions }: Watched, watcher: Aor): readonly number[] {
    return this.#listener.subscriptionsOf(watcher).filter((number) => subscriptions.has(number))
  }

  #leave(watched: Watched, watcher: Aor): void {
    const number = this.#names.find(watcher)
    if (number === null || !watched.watchers.has(number)) return
    this.#host.run({ who: watcher, what: 'watch-ended', hash: '' }, (unit) => {
      unit.send(watched.shard, this.#watch(watched.aor, watcher, false, null))
      unit.change(() => {
        watched.watchers.delete(number)
        this.#names.release(number)
        if (watched.watchers.count === 0 && this.#watched.get(watched.aor) === watched)
          this.#watched.delete(watched.aor)
      })
    })
  }

  /** A copy: what is told may end subscriptions. */
  #subscriptionsOf({ subscriptions }: Watched): readonly number[] {
    return Array.from({ length: subscriptions.count }, (_, index) => subscriptions.keyAt(index))
  }

  #watchedFor(presentity: Aor): Watched {
    let watched = this.#watched.get(presentity)
    if (!watched) {
      watched = new Watched(presentity, this.#host.shardOf(presentity))
      this.#watched.set(presentity, watched)
    }
    return watched
  }
}

const nothing: View = Object.freeze({ verdict: 'asked' as const, version: null, document: null })

/**
 * FNV-1a over both names and what the watcher may see: the same on both sides, whatever the order of the watches. A
 * watch that waits for a verdict which was lost differs, too.
 */
export function watchHash(presentity: Aor, watcher: Aor, verdict: WatchVerdict): number {
  let hash = 0x811c9dc5
  for (const text of [presentity, ' ', watcher, ' ', verdict]) {
    for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  }
  return hash >>> 0
}
