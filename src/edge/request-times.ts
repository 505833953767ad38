/**
 * How long requests are under way at this edge, from when one is taken up to its final answer, counted in two ways:
 * the times of those that have ended, and the number under way summed over time. By Little's law the second is the
 * first for as long as nothing is forgotten, which whoever judges a run holds against each other.
 */
import type { Clock } from '../ports/clock.ts'
import type { Counter, Metrics } from '../ports/metrics.ts'

export class RequestTimes {
  readonly #clock: Clock
  readonly #answered: Counter
  readonly #seconds: Counter
  readonly #underWaySeconds: Counter
  #underWay = 0
  #lookedMs: number

  constructor(clock: Clock, metrics: Metrics) {
    this.#clock = clock
    this.#lookedMs = clock.monotonicMs()
    this.#answered = metrics.counter('meridian_requests_ended_total', 'Requests that were under way and have ended.')
    this.#seconds = metrics.counter('meridian_request_seconds_total', 'How long those that have ended were under way.')
    this.#underWaySeconds = metrics.counter(
      'meridian_requests_under_way_seconds_total',
      'Requests under way, summed over time.',
    )
  }

  /** The moment, for `ended`. */
  begun(): number {
    const nowMs = this.#look()
    this.#underWay++
    return nowMs
  }

  ended(begunMs: number): void {
    const nowMs = this.#look()
    this.#underWay--
    this.#answered.inc()
    this.#seconds.inc((nowMs - begunMs) / 1_000)
  }

  #look(): number {
    const nowMs = this.#clock.monotonicMs()
    this.#underWaySeconds.inc((this.#underWay * (nowMs - this.#lookedMs)) / 1_000)
    this.#lookedMs = nowMs
    return nowMs
  }
}
