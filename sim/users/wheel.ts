/**
 * One alarm for each of a fixed number of things, in slots of a millisecond: a hierarchical wheel (Varghese and Lauck,
 * 1987) in typed arrays, 16 bytes a thing. Who wakes is told in the order of due time; when to look is the driver's.
 */
const levels = 4
const slots = 256
const none = -1

export class Wheel {
  readonly #next: Int32Array
  readonly #previous: Int32Array
  readonly #due: Float64Array
  /** By level and slot: the first thing of the slot's list. */
  readonly #heads = new Int32Array(levels * slots).fill(none)
  readonly #slotOf: Int32Array
  /** Alarms in the lowest level: without any, its ticks are passed over. */
  #lowCount = 0
  /** Ticks that have been fired. */
  #now: number

  constructor(things: number, nowMs: number) {
    this.#next = new Int32Array(things).fill(none)
    this.#previous = new Int32Array(things).fill(none)
    this.#slotOf = new Int32Array(things).fill(none)
    this.#due = new Float64Array(things)
    this.#now = Math.floor(nowMs)
  }

  /** Takes the place of the thing's alarm before. What is due already wakes at the next `advance`. */
  set(thing: number, atMs: number): void {
    if (this.#slotOf[thing] !== none) this.#unlink(thing)
    if (atMs === Number.POSITIVE_INFINITY) return
    this.#due[thing] = Math.max(this.#now + 1, Math.ceil(atMs))
    this.#link(thing)
  }

  /** Nothing wakes before then: the next alarm, or a moment before it when to look again. */
  get nextMs(): number {
    for (let level = this.#lowCount === 0 ? 1 : 0; level < levels; level++) {
      const ticks = slots ** level
      const place = Math.floor(this.#now / ticks)
      const endOfRound = (Math.floor(place / slots) + 1) * slots
      for (let next = place + 1; next < endOfRound; next++) {
        if (this.#heads[level * slots + (next % slots)] !== none) return next * ticks
      }
    }
    // The top level is a ring: what lies beyond its end is looked at when the hand is there.
    return (Math.floor(this.#now / slots ** levels) + 1) * slots ** levels
  }

  /** Wakes all that is due by then; they may set alarms. */
  advance(toMs: number, wake: (thing: number) => void): void {
    const to = Math.floor(toMs)
    while (this.#now < to) {
      if (this.#lowCount === 0) this.#now = Math.min(to, this.nextMs - 1)
      if (this.#now === to) return
      this.#now++
      for (let level = 1; level < levels && this.#now % slots ** level === 0; level++) this.#spread(level)
      this.#fire(this.#now % slots, wake)
    }
  }

  #fire(slot: number, wake: (thing: number) => void): void {
    for (let thing = this.#heads[slot]!; thing !== none; thing = this.#heads[slot]!) {
      this.#unlink(thing)
      wake(thing)
    }
  }

  /** The slot of a higher level that begins now moves down. */
  #spread(level: number): void {
    const slot = level * slots + (Math.floor(this.#now / slots ** level) % slots)
    for (let thing = this.#heads[slot]!; thing !== none; thing = this.#heads[slot]!) {
      this.#unlink(thing)
      this.#link(thing)
    }
  }

  #link(thing: number): void {
    const due = this.#due[thing]!
    let level = 0
    while (
      level < levels - 1 &&
      Math.floor(due / slots ** (level + 1)) !== Math.floor(this.#now / slots ** (level + 1))
    ) {
      level++
    }
    // Beyond the wheel: the last slot of the top level, from where it is linked again.
    const isBeyond = level === levels - 1 && due - this.#now >= slots ** levels - slots ** (levels - 1)
    const place = isBeyond ? Math.floor(this.#now / slots ** level) - 1 : Math.floor(due / slots ** level)
    const slot = level * slots + (((place % slots) + slots) % slots)
    const head = this.#heads[slot]!
    this.#next[thing] = head
    this.#previous[thing] = none
    if (head !== none) this.#previous[head] = thing
    this.#heads[slot] = thing
    this.#slotOf[thing] = slot
    if (level === 0) this.#lowCount++
  }

  #unlink(thing: number): void {
    const [next, previous] = [this.#next[thing]!, this.#previous[thing]!]
    if (this.#slotOf[thing]! < slots) this.#lowCount--
    if (next !== none) this.#previous[next] = previous
    if (previous === none) this.#heads[this.#slotOf[thing]!] = next
    else this.#next[previous] = next
    this.#slotOf[thing] = none
  }
}
