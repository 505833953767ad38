/**
 * Meetings: they begin on the hour or the half hour, more or less, and are 30 or 60 minutes long.
 */
import { Stream } from './random.ts'
import { hourMs, type RateCurve } from './rate-curve.ts'

const slotMs = hourMs / 2
/** Before the run: who is in a meeting when it begins. */
const firstSlot = -3
/** Slots looked through for the next meeting before it is given up: two weeks. */
const slotsMax = 14 * 48
/** Mean slots that a meeting takes. */
const slotsMean = 1.5

export interface Meeting {
  readonly fromMs: number
  readonly toMs: number
  /** The first slot that is free again. */
  readonly nextSlot: number
}

export class Meetings {
  readonly #seed: number
  readonly #activity: RateCurve
  readonly #perSlot: number
  readonly #jitterMs: number
  readonly #random: Stream

  /** `perHour`: meetings that begin, at activity 1. */
  constructor(seed: number, activity: RateCurve, perHour: number, jitterSeconds: number) {
    this.#seed = seed
    this.#activity = activity
    this.#perSlot = perHour / 2
    this.#jitterMs = jitterSeconds * 1_000
    this.#random = new Stream(seed, 'meeting')
  }

  first(user: number): Meeting | null {
    for (let slot = firstSlot, after = -Infinity; ; ) {
      const meeting = this.next(user, slot, after)
      if (meeting === null || meeting.toMs > 0) return meeting
      slot = meeting.nextSlot
      after = meeting.toMs
    }
  }

  /** The next meeting from this slot on, not before the last one has ended. Each slot has its own draws. */
  next(user: number, fromSlot: number, afterMs: number): Meeting | null {
    if (this.#perSlot === 0) return null
    for (let slot = fromSlot; slot < fromSlot + slotsMax; slot++) {
      const random = this.#random.rekey(this.#seed, 'meeting', user, slot - firstSlot)
      // A meeting of two slots keeps its user from the next one: more of the free slots must have one.
      const wanted = this.#perSlot * this.#activity.at(slot * slotMs)
      if (!random.chance(wanted / (1 - wanted * (slotsMean - 1)))) continue
      const slots = random.chance(0.5) ? 1 : 2
      const fromMs = Math.max(slot * slotMs + random.between(-1, 1) * this.#jitterMs, afterMs + 1_000)
      const lateMs = random.between(-1, 1) * Math.min(this.#jitterMs, 60_000)
      return { fromMs, toMs: fromMs + slots * slotMs + lateMs, nextSlot: slot + slots }
    }
    return null
  }
}
