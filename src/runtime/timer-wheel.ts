/**
 * A hierarchical timing wheel: all timers of a worker, each set and cancelled in constant time (Varghese and
 * Lauck, 1987). Pure: it reads the clock it is given; when to call `advance` is left to the driver, real or virtual.
 *
 * Theory of operation. Time is counted in ticks of 10 ms. A timer's due tick is a number of four digits to base 256;
 * each level has 256 slots, one for each value of its digit. A timer waits at the level of the highest digit in which
 * its due tick differs from the current tick, in the slot of that digit:
 *
 *     level 3 (2 days a slot)    level 2 (11 min)     level 1 (2.56 s)     level 0 (10 ms)
 *     [ . . x . . . . ]          [ . . . . x . ]      [ . x . . . . ]      [ . . . x . . ]  ──► fires
 *
 * When the current tick reaches the start of a slot of a higher level, its timers move down (at most three moves in a
 * life). Because all timers of one slot's span wait in that slot until then, and each list keeps the order of setting,
 * timers of the same tick fire in the order in which they were set, whichever way they came down. (Choosing the level
 * by the remaining delay, as many wheels do, would break that order.)
 */

import assert from 'node:assert'
import type { Clock } from '../ports/clock.ts'
import type { TimerHandle, Timers, TimerTarget } from '../ports/timers.ts'

/** Fine enough for a T1 of 500 ms, coarse enough that a busy worker wakes at most a hundred times a second. */
export const tickMs = 10

const slotsCount = 256
const levelsCount = 4
/** 495 days: one slot less than the whole wheel, so that the top level, which is a ring, never laps itself. */
const delayTicksMax = 2 ** 32 - 2 ** 24 - 1
/** Ticks in one slot of each level. */
const slotTicks = [1, 2 ** 8, 2 ** 16, 2 ** 24] as const

/** One timer, or the head of a slot's ring. A node belongs to nobody after it left its ring: never reused. */
class TimerNode implements TimerHandle {
  target: TimerTarget | null
  readonly kind: number
  readonly dueTick: number
  previous: TimerNode
  next: TimerNode

  constructor(target: TimerTarget | null, kind: number, dueTick: number) {
    this.target = target
    this.kind = kind
    this.dueTick = dueTick
    this.previous = this
    this.next = this
  }
}

export class TimerWheel implements Timers {
  readonly #clock: Pick<Clock, 'monotonicMs'>
  readonly #startMs: number
  readonly #slots: TimerNode[] = []
  /** One bit a slot: may hold timers. A bit that outlived its timers is cleared when somebody looks. */
  readonly #occupied = new Int32Array((levelsCount * slotsCount) / 32)
  #tick = 0
  #size = 0
  #isAdvancing = false

  constructor(clock: Pick<Clock, 'monotonicMs'>) {
    this.#clock = clock
    this.#startMs = clock.monotonicMs()
    for (let slot = 0; slot < levelsCount * slotsCount; slot++) this.#slots.push(new TimerNode(null, 0, 0))
  }

  /** Timers that are set and have neither fired nor been cancelled. */
  get size(): number {
    return this.#size
  }

  /** Fires at the first `advance` that finds `delayMs` passed, never before, and never within the call that set it. */
  set(delayMs: number, target: TimerTarget, kind: number): TimerHandle {
    assert(delayMs >= 0, 'timer-wheel: a delay is a number of milliseconds from 0')
    const dueTick = Math.ceil((this.#clock.monotonicMs() - this.#startMs + delayMs) / tickMs)
    const next = this.#tick + 1
    const node = new TimerNode(target, kind, Math.min(Math.max(dueTick, next), next + delayTicksMax - 1))
    this.#insert(node)
    this.#size++
    return node
  }

  cancel(handle: TimerHandle): void {
    const node = handle as TimerNode
    if (node.target === null) return
    node.target = null
    unlink(node)
    this.#size--
  }

  /** Fires what is due at `nowMs` of the clock: by due tick, then in the order of setting. The past does nothing. */
  advance(nowMs: number): void {
    assert(!this.#isAdvancing, 'timer-wheel: a timer may not advance the wheel')
    const target = Math.floor((nowMs - this.#startMs) / tickMs)
    this.#isAdvancing = true
    try {
      // What a target that threw has left behind at the current tick.
      this.#fire()
      for (let tick = this.#nextTick(); tick <= target; tick = this.#nextTick()) {
        this.#tick = tick
        this.#moveDown()
        this.#fire()
      }
      if (target > this.#tick) this.#tick = target
    } finally {
      this.#isAdvancing = false
    }
  }

  /**
   * When to call `advance` next, in the clock's milliseconds; Infinity without timers. Nothing is due earlier; a timer
   * that is more than a slot away may be due somewhat later, and the driver then simply asks again.
   */
  nextDueMs(): number {
    const current = this.#slots[this.#tick & 255]!
    if (current.next !== current) return this.#startMs + this.#tick * tickMs
    return this.#startMs + this.#nextTick() * tickMs
  }

  #insert(node: TimerNode): void {
    const level = levelOf(node.dueTick, this.#tick)
    const slot = level * slotsCount + digitOf(node.dueTick, level)
    append(this.#slots[slot]!, node)
    this.#occupied[slot >>> 5]! |= 1 << (slot & 31)
  }

  /** The first tick after the current one at which a slot of some level starts that holds timers; Infinity if none. */
  #nextTick(): number {
    if (this.#size === 0) return Number.POSITIVE_INFINITY
    for (let level = 0; level < levelsCount - 1; level++) {
      const digit = digitOf(this.#tick, level)
      const found = this.#findOccupied(level, digit + 1, slotsCount)
      // A lower level lies wholly before the next slot of a higher one.
      if (found >= 0) return (blockOf(this.#tick, level) * slotsCount + found) * slotTicks[level]!
    }
    return this.#nextTopTick()
  }

  /** The top level is a ring: slots before the current one are those of the next round. */
  #nextTopTick(): number {
    const top = levelsCount - 1
    const digit = digitOf(this.#tick, top)
    const round = blockOf(this.#tick, top)
    const found = this.#findOccupied(top, digit + 1, slotsCount)
    if (found >= 0) return (round * slotsCount + found) * slotTicks[top]!
    const wrapped = this.#findOccupied(top, 0, digit)
    return wrapped < 0 ? Number.POSITIVE_INFINITY : ((round + 1) * slotsCount + wrapped) * slotTicks[top]!
  }

  /** First digit from `start` up to `end`, exclusive, whose slot holds timers; -1 if none. */
  #findOccupied(level: number, start: number, end: number): number {
    let digit = start
    while (digit < end) {
      const slot = level * slotsCount + digit
      const word = this.#occupied[slot >>> 5]! >>> (slot & 31)
      if (word === 0) {
        digit = (digit | 31) + 1
        continue
      }
      digit += 31 - Math.clz32(word & -word)
      if (digit >= end) return -1
      if (this.#isOccupied(level * slotsCount + digit)) return digit
      digit++
    }
    return -1
  }

  #isOccupied(slot: number): boolean {
    const ring = this.#slots[slot]!
    if (ring.next !== ring) return true
    this.#occupied[slot >>> 5]! &= ~(1 << (slot & 31))
    return false
  }

  /** At the start of a slot of a higher level: its timers now differ from the current tick in a lower digit. */
  #moveDown(): void {
    for (let level = levelsCount - 1; level > 0; level--) {
      if (this.#tick % slotTicks[level]! !== 0) continue
      const ring = this.#slots[level * slotsCount + digitOf(this.#tick, level)]!
      while (ring.next !== ring) {
        const node = ring.next
        unlink(node)
        this.#insert(node)
      }
    }
  }

  /** Takes one at a time from the head, so a target may cancel any other; what it sets goes to a later tick. */
  #fire(): void {
    const ring = this.#slots[this.#tick & 255]!
    while (ring.next !== ring) {
      const node = ring.next
      const target = node.target!
      unlink(node)
      node.target = null
      this.#size--
      target.onTimer(node.kind)
    }
  }
}

/** Level of the highest digit in which the two differ. Ticks beyond 32 bits differ at the top, which is a ring. */
function levelOf(dueTick: number, tick: number): number {
  if (Math.floor(dueTick / slotTicks[3]) !== Math.floor(tick / slotTicks[3])) return 3
  const difference = dueTick ^ tick
  return difference < 256 ? 0 : difference < 65_536 ? 1 : 2
}

/** The digit of `level`; right also beyond 32 bits, where `|` and `>>` take the value modulo 2^32. */
function digitOf(tick: number, level: number): number {
  return (tick >>> (level * 8)) & 255
}

/** All digits above `level`. */
function blockOf(tick: number, level: number): number {
  return Math.floor(tick / (slotTicks[level]! * slotsCount))
}

function append(ring: TimerNode, node: TimerNode): void {
  node.previous = ring.previous
  node.next = ring
  ring.previous.next = node
  ring.previous = node
}

/** Leaves the node pointing at itself, so that a handle which somebody keeps holds no other timer alive. */
function unlink(node: TimerNode): void {
  node.previous.next = node.next
  node.next.previous = node.previous
  node.previous = node
  node.next = node
}
