/**
 * Final answers against the service levels of one device: a latency or a failure. What a planned fault takes along is
 * neither.
 */
import type { LevelId } from '../measure/run-record.ts'
import type { Context } from './context.ts'

const excusedUs = 120_000_000
/**
 * Seconds after the plan has taken away a line of the peer, by status. Not there now, busy: the largest time to an
 * answer. Flow failed (RFC 5626 §11.6), no such dialog any more: a conversation goes on in its dead dialog for so long.
 * Silence is the server's fault.
 */
const awaySeconds: Readonly<Record<number, number>> = { 480: 40, 486: 40, 430: 900, 481: 900 }

export class Judge {
  readonly #context: Context
  #faultAtUs = Number.NEGATIVE_INFINITY

  constructor(context: Context) {
    this.#context = context
  }

  /** A planned fault takes away the line or the server now. */
  excuse(nowUs: number): void {
    this.#faultAtUs = nowUs
  }

  /** A planned fault was so shortly ago that what is missing may be missing because of it. */
  isExcused(nowUs: number): boolean {
    return nowUs - this.#faultAtUs < excusedUs
  }

  answered(level: LevelId, status: number, dueUs: number, sentUs: number): void {
    const { recorder, outside } = this.#context
    if (status >= 200 && status < 300) recorder.latency(level, dueUs, sentUs, outside.nowUs())
    else this.failed(level, status, dueUs)
  }

  /** As `answered`, of something that wants this user to be there: that he is not, by plan, is no failure. */
  answeredBy(peer: number, level: LevelId, status: number, dueUs: number, sentUs: number): void {
    const { recorder, outside, board } = this.#context
    const seconds = awaySeconds[status]
    const isAway = seconds !== undefined && board.isDisturbed(peer, outside.nowUs(), seconds)
    if (isAway) recorder.count(`excused.peer.${status}`)
    else this.answered(level, status, dueUs, sentUs)
  }

  /** Status 0: the line was lost; 408: no answer. */
  failed(level: LevelId, status: number, dueUs: number): void {
    const { recorder, outside } = this.#context
    if (status === 0 && this.isExcused(outside.nowUs())) return recorder.count('excused')
    recorder.failure(level, status === 0 ? 'closed' : status === 408 ? 'timeout' : String(status), dueUs)
  }
}
