/**
 * Brings live watches in line with policy before a change of it is acknowledged: watchers are judged again, their
 * shards are told, and each says that it has applied it. After that no newer state leaves for whoever may not see it.
 * Another home that does not say so in time loses the link, by which alone anything newer could come to it.
 */
import { isOwnPlace } from '../../ports/places.ts'
import type { PolicyParty } from '../../ports/policy.ts'
import type { BarrierMessage, BarrierPassedMessage } from '../../ports/presence-bus.ts'
import type { ShardHost, Unit } from '../../shard/index.ts'
import type { Aor } from '../../sip/uri/aor.ts'
import type { AfterReading } from './after-reading.ts'
import { inTurns } from './in-turns.ts'
import type { Presentities } from './presentities.ts'
import type { SeePolicy } from './watching.ts'

/** Says also when it has changed; see `Policy` of `src/policy/`. */
export interface LivePolicy extends SeePolicy {
  onChange(apply: (unit: Unit, presentity: Aor | null, done: (unit: Unit) => void) => void): void
  onWatcherChange(apply: (unit: Unit, watcher: PolicyParty, done: (unit: Unit) => void) => void): void
}

interface Waiting {
  /** Whom the change was about. */
  readonly aor: Aor
  /** Shards that were told something and have not said that they applied it. */
  readonly shards: Set<number>
  /** Those of them that had not named their watches yet: what they watch is judged when they have. */
  readonly unnamed: Set<number>
  /** Called when the last one has; later changes that rest on this one join here. */
  readonly done: ((unit: Unit) => void)[]
  readonly sinceMs: number
}

/** After this whoever waits has been told that it is not confirmed, and is not told any more. */
const waitingMsMax = 2_000

/** Of another home, since it was told; before whoever waits is told that somebody has not confirmed. */
const severedAfterMs = 1_500

/** A shard that has not said in time that it applied something. */
interface Late {
  /** Whom that was about. */
  readonly aors: Set<Aor>
  /** The newest barrier that is missed: one that passes above it is behind all of it. */
  number: number
}

interface Judging {
  /** Null: all watchers. */
  readonly only: Aor | null
  /** What they are judged by is in the store already, so nobody is told less because another batch fails. */
  readonly isKept: boolean
  /** Shards that have to confirm even if they are told nothing new. */
  readonly late: readonly number[]
}

/** Presentities whose watchers are judged in one turn: some thousand watches. */
const sliceLength = 50

export class PolicyFollower {
  readonly #host: ShardHost
  readonly #presentities: Presentities
  readonly #reading: AfterReading
  /** In the order of their numbers. */
  readonly #waiting = new Map<number, Waiting>()
  /** By shard; empty as soon as it confirms anything newer, or begins anew. */
  readonly #late = new Map<number, Late>()
  #lastNumber = 0

  constructor(host: ShardHost, presentities: Presentities, reading: AfterReading) {
    this.#host = host
    this.#presentities = presentities
    this.#reading = reading
  }

  /** Rules about this presentity have changed, or with null those of the organisation. `done`: see `LivePolicy`. */
  onChange(unit: Unit, aor: Aor | null, done: (unit: Unit) => void): void {
    this.#presentities.judgeWaiting(unit, aor)
    if (aor === null) {
      const everybody = Array.from(this.#presentities.all(), (each) => each.aor)
      return this.#followEach(unit, everybody, null, done)
    }
    // Nobody hears of a rule before it is kept.
    unit.touch(aor)
    this.#follow(unit, aor, done)
  }

  /** A watcher has other names, or is in other groups. */
  onWatcherChange(unit: Unit, party: PolicyParty, done: (unit: Unit) => void): void {
    unit.change(() => this.#presentities.partyChanged(party))
    // Judged by what this unit has changed, so in a unit behind it.
    unit.afterwards(() => {
      const cause = { who: party.aor, what: 'watcher-judged-again', hash: '' }
      this.#host.run(cause, (next) => {
        const watched = Array.from(this.#presentities.watchedBy(party.aor), ({ aor }) => aor)
        this.#followEach(next, watched, party.aor, done)
      })
    })
  }

  /** Judges all watchers of this presentity again. `done` runs once, in this unit or a later one. */
  #follow(unit: Unit, aor: Aor, done: (unit: Unit) => void): void {
    const left = new Set(['earlier', 'own'])
    const join = (part: string) => (last: Unit) => {
      if (left.delete(part) && left.size === 0) done(last)
    }
    this.#whenApplied(unit, join('earlier'))
    this.#judge(unit, aor, { only: null, isKept: false, late: this.#lateShards(aor) }, join('own'))
  }

  /** What an earlier change has told, and its shards have not said that they applied, a later one rests on. */
  #whenApplied(unit: Unit, done: (unit: Unit) => void): void {
    this.#giveUp(unit.nowMs - waitingMsMax)
    const open = new Set(this.#waiting.values())
    if (open.size === 0) return done(unit)
    for (const each of open) {
      each.done.push((last) => {
        if (open.delete(each) && open.size === 0) done(last)
      })
    }
  }

  /** Those that began to wait by then are not waited for; what they waited for is remembered. */
  #giveUp(sinceMs: number): void {
    for (const [number, waiting] of [...this.#waiting]) {
      if (waiting.sinceMs > sinceMs) break
      this.#waiting.delete(number)
      for (const shard of waiting.shards) {
        const late = this.#late.get(shard) ?? { aors: new Set(), number }
        late.aors.add(waiting.aor)
        late.number = number
        this.#late.set(shard, late)
      }
    }
  }

  /** Shards that were told of this presentity earlier, and may still show what they must not: they are asked again. */
  #lateShards(aor: Aor): readonly number[] {
    return [...this.#late].flatMap(([shard, { aors }]) => (aors.has(aor) ? [shard] : []))
  }

  /** Nobody can say what he allows while his records are read: then his watchers are judged behind that. */
  #judge(unit: Unit, aor: Aor, judging: Judging, done: (unit: Unit) => void): void {
    if (!this.#reading.isReading(aor)) return this.#judgeNow(unit, aor, judging, done)
    const cause = { who: aor, what: 'judge-read', hash: '' }
    const later = () => void this.#host.run(cause, (next) => this.#judgeNow(next, aor, judging, done))
    unit.afterwards(() => this.#reading.do(aor, later))
  }

  #judgeNow(unit: Unit, aor: Aor, judging: Judging, done: (unit: Unit) => void): void {
    const presentity = this.#presentities.find(aor)
    const judged = presentity ? this.#presentities.judgeAgain(unit, presentity, judging) : []
    const unnamed = this.#unnamed()
    const told = new Set([...judged, ...judging.late, ...unnamed])
    if (told.size === 0) return done(unit)
    // Its own word says when the others were told: behind the flush.
    if ([...told].some((shard) => !isOwnPlace(shard))) told.add(this.#host.worker)
    const number = ++this.#lastNumber
    unit.change(() => this.#waiting.set(number, { aor, shards: told, unnamed, done: [done], sinceMs: unit.nowMs }))
    for (const shard of told) this.#sendBarrier(unit, shard, number)
  }

  /** Behind the verdicts, by the same way. Where the store did not take the rules there are none: confirmed as well. */
  #sendBarrier(unit: Unit, shard: number, number: number): void {
    const { worker, incarnation } = this.#host
    const barrier: BarrierMessage = { kind: 'barrier', from: { worker, incarnation, half: 'shard', number } }
    unit.sendFlushed(shard, barrier, barrier)
  }

  /**
   * Shards of other homes that have not named their watches since this one has begun: they may still show what the
   * change takes away, and nobody here knows to whom.
   */
  #unnamed(): Set<number> {
    const places = [...this.#host.everyShard()].filter((place) => !isOwnPlace(place))
    return new Set(places.filter((place) => !this.#presentities.hasNamed(place)))
  }

  /**
   * The same for many, by rules that are kept: each in a unit of its own, since each waits for its own user's batch,
   * and a few in each turn, since a shard may have half a million watches. Whoever begins to watch meanwhile is judged
   * by the new rules anyway.
   */
  #followEach(unit: Unit, presentities: readonly Aor[], only: Aor | null, done: (unit: Unit) => void): void {
    const earlier = ''
    const left = new Set<string>([earlier, ...presentities])
    const join = (part: string) => (last: Unit) => {
      if (left.delete(part) && left.size === 0) done(last)
    }
    this.#whenApplied(unit, join(earlier))
    const judge = (aor: Aor): void => {
      const late = this.#lateShards(aor)
      this.#host.run({ who: aor, what: 'judge-each', hash: '' }, (next) =>
        this.#judge(next, aor, { only, isKept: true, late }, join(aor)),
      )
    }
    unit.afterwards(() => inTurns(this.#host.timers, presentities, sliceLength, (some) => some.forEach(judge)))
  }

  passed(unit: Unit, { to, worker }: BarrierPassedMessage): void {
    if (to.incarnation !== this.#host.incarnation) return
    if ((this.#late.get(worker)?.number ?? Number.POSITIVE_INFINITY) <= to.number) {
      unit.change(() => this.#late.delete(worker))
    }
    const waiting = this.#waiting.get(to.number)
    if (!waiting) return
    if (waiting.unnamed.has(worker)) return this.#askAgain(unit, to.number, waiting, worker)
    this.#pass(unit, to.number, waiting, worker)
    const isOpen = [...waiting.shards].some((shard) => shard !== worker && !isOwnPlace(shard))
    if (worker !== this.#host.worker || !isOpen) return
    unit.change(() => this.#host.timers.set(severedAfterMs, { onTimer: () => this.#sever(to.number) }, 0))
  }

  /** Its watches came before this, and were judged by the new rules: what is behind those verdicts counts. */
  #askAgain(unit: Unit, number: number, { aor, unnamed }: Waiting, worker: number): void {
    unit.touch(aor)
    unit.change(() => unnamed.delete(worker))
    this.#sendBarrier(unit, worker, number)
  }

  #sever(number: number): void {
    const waiting = this.#waiting.get(number)
    for (const shard of [...(waiting?.shards ?? [])].filter((each) => !isOwnPlace(each))) {
      const server = this.#host.elsewhere?.nameAt(shard)
      this.#host.log.write('warn', 'presence.block-unconfirmed', { server })
      this.#host.elsewhere?.sever(shard)
      if (waiting) this.#tellBehind(waiting.aor, shard)
      // Also where no link was up.
      this.onOtherGone(shard)
    }
  }

  /** The next link carries it before anything newer, be it that the last one has lost it. */
  #tellBehind(aor: Aor, shard: number): void {
    const again = (unit: Unit): void => {
      const presentity = this.#presentities.find(aor)
      if (presentity) this.#presentities.tellAgain(unit, presentity, shard)
    }
    this.#reading.do(aor, () => void this.#host.run({ who: aor, what: 'block-again', hash: '' }, again))
  }

  /** Nothing comes to that home any more before what it was told comes to it again. */
  onOtherGone(place: number): void {
    if (isOwnPlace(place) || this.#waiting.size === 0) return
    this.#host.run({ who: '', what: 'policy-home-gone', hash: '' }, (unit) => {
      for (const [number, waiting] of [...this.#waiting]) this.#pass(unit, number, waiting, place)
    })
  }

  /** A shard that begins anew has no subscriptions but those that it reads, and names their watches again. */
  onPeerRestarted(unit: Unit, worker: number): void {
    unit.change(() => this.#late.delete(worker))
    for (const [number, waiting] of [...this.#waiting]) this.#pass(unit, number, waiting, worker)
  }

  #pass(unit: Unit, number: number, { shards, done }: Waiting, worker: number): void {
    if (!shards.has(worker)) return
    unit.change(() => shards.delete(worker))
    if (shards.size > 1) return
    unit.change(() => this.#waiting.delete(number))
    for (const each of done) each(unit)
  }
}
