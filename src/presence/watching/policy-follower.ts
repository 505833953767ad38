/**
 * Brings live watches in line with policy before a change of it is acknowledged: watchers are judged again, their
 * shards are told, and each says that it has applied it. After that no newer state leaves for whoever may not see it.
 */
import type { PolicyParty } from '../../ports/policy.ts'
import type { BarrierMessage, BarrierPassedMessage } from '../../ports/presence-bus.ts'
import type { TimerTarget } from '../../ports/timers.ts'
import type { ShardHost, Unit } from '../../shard/index.ts'
import type { Aor } from '../../sip/uri/aor.ts'
import type { Presentities, SeePolicy } from './presentities.ts'
import type { Presentity } from './presentity.ts'

/** Says also when it has changed; see `Policy` of `src/policy/`. */
export interface LivePolicy extends SeePolicy {
  onChange(apply: (unit: Unit, presentity: Aor | null, done: (unit: Unit) => void) => void): void
  onWatcherChange(apply: (unit: Unit, watcher: PolicyParty, done: (unit: Unit) => void) => void): void
}

interface Waiting {
  /** Shards that were told something and have not said that they applied it. */
  readonly shards: Set<number>
  readonly done: (unit: Unit) => void
}

/** Presentities whose watchers are judged in one turn: some thousand watches. */
const sliceLength = 50

export class PolicyFollower {
  readonly #host: ShardHost
  readonly #presentities: Presentities
  readonly #waiting = new Map<number, Waiting>()
  #lastNumber = 0

  constructor(host: ShardHost, presentities: Presentities) {
    this.#host = host
    this.#presentities = presentities
  }

  /**
   * Judges all watchers of this presentity again, or only one. `done` runs once, in this unit or a later one. `isKept`:
   * what they are judged by is in the store already, so nobody is told less because another batch fails.
   */
  follow(
    unit: Unit,
    presentity: Presentity | null,
    judging: { readonly only: Aor | null; readonly isKept: boolean },
    done: (unit: Unit) => void,
  ): void {
    const told = new Set(presentity ? this.#presentities.judgeAgain(unit, presentity, judging) : [])
    // What an earlier change has told, and these shards have not said that they applied, this one rests on.
    for (const { shards } of this.#waiting.values()) for (const shard of shards) told.add(shard)
    if (told.size === 0) return done(unit)
    const number = ++this.#lastNumber
    unit.change(() => this.#waiting.set(number, { shards: told, done }))
    const { worker, incarnation } = this.#host
    const barrier: BarrierMessage = { kind: 'barrier', from: { worker, incarnation, half: 'shard', number } }
    // Behind the verdicts, by the same way. Where the store did not take the rules nobody was told, and nothing is left
    // to apply: that is confirmed too.
    for (const shard of told) unit.sendFlushed(shard, barrier, barrier)
  }

  /**
   * The same for many, by rules that are kept: each in a unit of its own, since each waits for its own user's batch,
   * and a few in each turn, since a shard may have half a million watches. Whoever begins to watch meanwhile is judged
   * by the new rules anyway.
   */
  followEach(unit: Unit, presentities: readonly Aor[], only: Aor | null, done: (unit: Unit) => void): void {
    const left = new Set(presentities)
    if (left.size === 0) return done(unit)
    const judge = (aor: Aor): void => {
      this.#host.run({ who: aor, what: 'judge-each', hash: '' }, (next) => {
        this.follow(next, this.#presentities.find(aor), { only, isKept: true }, (last) => {
          if (left.delete(aor) && left.size === 0) done(last)
        })
      })
    }
    const turn: TimerTarget = {
      onTimer: (from) => {
        if (from + sliceLength < presentities.length) this.#host.timers.set(0, turn, from + sliceLength)
        presentities.slice(from, from + sliceLength).forEach(judge)
      },
    }
    unit.afterwards(() => turn.onTimer(0))
  }

  passed(unit: Unit, { to, worker }: BarrierPassedMessage): void {
    const waiting = to.incarnation === this.#host.incarnation ? this.#waiting.get(to.number) : undefined
    if (waiting) this.#pass(unit, to.number, waiting, worker)
  }

  /** A shard that begins anew has no subscriptions but those that it reads, and names their watches again. */
  onPeerRestarted(unit: Unit, worker: number): void {
    for (const [number, waiting] of [...this.#waiting]) this.#pass(unit, number, waiting, worker)
  }

  #pass(unit: Unit, number: number, { shards, done }: Waiting, worker: number): void {
    if (!shards.has(worker)) return
    unit.change(() => shards.delete(worker))
    if (shards.size > 1) return
    unit.change(() => this.#waiting.delete(number))
    done(unit)
  }
}
