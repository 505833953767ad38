/**
 * Barriers: a change is acknowledged only when every worker has confirmed that it follows it, or after two seconds,
 * with the names of those that did not (DESIGN: nothing newer passes an acknowledged block). What a worker has to do
 * before it confirms is decided elsewhere.
 */
import type { ReplyAddress } from '../ports/bus.ts'
import type { TimerHandle, TimerTarget } from '../ports/timers.ts'
import type { ShardHost, Unit } from '../shard/index.ts'

/** Nobody waits longer at a command line; a worker that is silent for so long is restarting or hangs. */
export const barrierDeadlineMs = 2_000

/** `unconfirmed`: workers that have not confirmed in time; null when the change itself was not kept. */
export type Conclude = (unit: Unit, unconfirmed: readonly number[] | null) => void

class Barrier implements TimerTarget {
  readonly number: number
  /** What the change is about: of two such facts on their way the newer one replaces the older. */
  readonly key: string
  readonly waiting: Set<number>
  readonly conclude: Conclude
  timer: TimerHandle | null = null
  readonly #onTime: (barrier: Barrier) => void

  constructor(parts: Pick<Barrier, 'number' | 'key' | 'waiting' | 'conclude'>, onTime: (barrier: Barrier) => void) {
    this.number = parts.number
    this.key = parts.key
    this.waiting = parts.waiting
    this.conclude = parts.conclude
    this.#onTime = onTime
  }

  onTimer(): void {
    this.#onTime(this)
  }
}

export class Barriers {
  readonly #host: ShardHost
  /** In the order of their numbers. */
  readonly #open = new Map<number, Barrier>()
  #lastNumber = 0

  constructor(host: ShardHost) {
    this.#host = host
  }

  /** Waits for these workers from this unit on; they confirm to the address that is returned. */
  begin(unit: Unit, key: string, workers: readonly number[], conclude: Conclude): ReplyAddress {
    const number = ++this.#lastNumber
    const barrier = new Barrier({ number, key, waiting: new Set(workers), conclude }, (late) => this.#onTime(late))
    unit.change(() => {
      this.#open.set(number, barrier)
      barrier.timer = this.#host.timers.set(barrierDeadlineMs, barrier, 0)
    })
    const { worker, incarnation } = this.#host
    return { worker, incarnation, half: 'shard', number }
  }

  /** One worker follows this change, and so everything before it with the same key. */
  confirmed(unit: Unit, to: ReplyAddress, worker: number): void {
    const newest = to.incarnation === this.#host.incarnation ? this.#open.get(to.number) : undefined
    if (!newest) return
    for (const barrier of [...this.#open.values()]) {
      if (barrier.key !== newest.key || barrier.number > newest.number || !barrier.waiting.has(worker)) continue
      this.#passed(unit, barrier, worker)
    }
  }

  /** That shard is out of reach: nobody waits for it. */
  gone(shard: number): void {
    const open = [...this.#open.values()].filter(({ waiting }) => waiting.has(shard))
    if (open.length === 0) return
    this.#host.run({ who: '', what: 'policy-shard-gone', hash: '' }, (unit) => {
      for (const barrier of open) this.#passed(unit, barrier, shard)
    })
  }

  /** The store did not take it. */
  notKept(unit: Unit, to: ReplyAddress): void {
    const barrier = to.incarnation === this.#host.incarnation ? this.#open.get(to.number) : undefined
    if (barrier) this.#conclude(unit, barrier, null)
  }

  /** What is waited for changes with the unit: the last one finds itself alone. */
  #passed(unit: Unit, barrier: Barrier, shard: number): void {
    unit.change(() => barrier.waiting.delete(shard))
    if (barrier.waiting.size === 1) this.#conclude(unit, barrier, [])
  }

  #onTime(barrier: Barrier): void {
    const { worker } = this.#host
    this.#host.run({ who: '', what: 'policy-barrier', hash: '' }, (unit) => {
      const unconfirmed = [...barrier.waiting].sort((a, b) => a - b)
      unit.change(() =>
        this.#host.log.write('warn', 'policy.unconfirmed', { worker, unconfirmed: String(unconfirmed) }),
      )
      this.#conclude(unit, barrier, unconfirmed)
    })
  }

  #conclude(unit: Unit, barrier: Barrier, unconfirmed: readonly number[] | null): void {
    unit.change(() => {
      this.#open.delete(barrier.number)
      if (barrier.timer) this.#host.timers.cancel(barrier.timer)
    })
    barrier.conclude(unit, unconfirmed)
  }
}
