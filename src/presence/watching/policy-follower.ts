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

  /** Judges all watchers of these presentities again, or only one. `done` runs once, in this unit or a later one. */
  follow(unit: Unit, presentities: Iterable<Presentity>, only: Aor | null, done: (unit: Unit) => void): void {
    const told = new Set<number>()
    for (const presentity of presentities) {
      for (const shard of this.#presentities.judgeAgain(unit, presentity, only)) told.add(shard)
    }
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
   * Judges all watchers of everybody again, a few presentities in each turn: a shard may have half a million watches.
   * Whoever begins to watch meanwhile is judged by the new rules anyway.
   */
  followAll(unit: Unit, done: (unit: Unit) => void): void {
    const everybody = Array.from(this.#presentities.all(), ({ aor }) => aor)
    let slicesLeft = Math.max(1, Math.ceil(everybody.length / sliceLength))
    const sliceDone = (next: Unit) => {
      next.change(() => slicesLeft--)
      if (slicesLeft === 1) done(next)
    }
    const slice = (next: Unit, from: number) => {
      const found = everybody.slice(from, from + sliceLength).flatMap((aor) => this.#presentities.find(aor) ?? [])
      this.follow(next, found, null, sliceDone)
    }
    const goOnAt = (from: number) => {
      if (from < everybody.length) this.#host.timers.set(0, turn, from)
    }
    const turn: TimerTarget = {
      onTimer: (from) => {
        goOnAt(from + sliceLength)
        this.#host.run({ who: '', what: 'judge-all', hash: '' }, (next) => slice(next, from))
      },
    }
    unit.change(() => goOnAt(sliceLength))
    slice(unit, 0)
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
