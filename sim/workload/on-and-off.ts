/**
 * What comes and goes by chance: idle times, telephone calls. The gaps are exponential, how long it lasts log-normal;
 * the gaps are shorter than the wanted rate alone would give, by the time that a user spends in it, so that the rate is
 * met. A run begins in the middle of it: who is idle at its start is as likely as at any other moment.
 */
import { exponential, logNormal, logNormalMean, logNormalResidual } from './distributions.ts'
import type { Purpose } from './random.ts'
import { Stream } from './random.ts'
import { hourMs, type RateCurve } from './rate-curve.ts'

export class OnAndOff {
  readonly #seed: number
  readonly #purpose: Purpose
  readonly #perHour: number
  readonly #medianMs: number
  readonly #sigma: number
  readonly #meanHours: number
  readonly #activity: RateCurve
  /** Per hour that the user is not in it. */
  readonly #beginnings: RateCurve
  readonly #random: Stream

  /** `perHour`: how often it begins, at activity 1. */
  constructor(seed: number, purpose: Purpose, activity: RateCurve, perHour: number, medianMs: number, sigma: number) {
    this.#seed = seed
    this.#purpose = purpose
    this.#perHour = perHour
    this.#medianMs = medianMs
    this.#sigma = sigma
    this.#meanHours = logNormalMean(medianMs, sigma) / hourMs
    this.#activity = activity
    this.#beginnings = activity.map((value) => (perHour * value) / (1 - perHour * value * this.#meanHours))
    this.#random = new Stream(seed, purpose)
  }

  /** Whether it goes on at the start of the run, and until when it stays so. */
  begin(user: number): { readonly isOn: boolean; readonly dueMs: number } {
    const random = this.#random.rekey(this.#seed, this.#purpose, user)
    const isOn = random.chance(this.#perHour * this.#activity.at(0) * this.#meanHours)
    if (isOn) return { isOn, dueMs: logNormalResidual(random, this.#medianMs, this.#sigma) }
    return { isOn, dueMs: this.#nextBeginning(random, 0) }
  }

  /** When what has just changed changes again; `turn` counts the changes. */
  next(user: number, turn: number, isOn: boolean, nowMs: number): number {
    const random = this.#random.rekey(this.#seed, this.#purpose, user, turn)
    return isOn ? nowMs + logNormal(random, this.#medianMs, this.#sigma) : this.#nextBeginning(random, nowMs)
  }

  #nextBeginning(random: Stream, nowMs: number): number {
    return this.#perHour === 0 ? Infinity : this.#beginnings.advance(nowMs, exponential(random, 1))
  }
}
