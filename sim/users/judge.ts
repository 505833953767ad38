/**
 * Final answers against the service levels of one device: a latency or a failure. What a planned fault takes along is
 * neither.
 */
import type { LevelId } from '../measure/run-record.ts'
import type { Context } from './context.ts'

const excusedUs = 120_000_000

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

  /** Status 0: the line was lost; 408: no answer. */
  failed(level: LevelId, status: number, dueUs: number): void {
    const { recorder, outside } = this.#context
    if (status === 0 && this.isExcused(outside.nowUs())) return recorder.count('excused')
    recorder.failure(level, status === 0 ? 'closed' : status === 408 ? 'timeout' : String(status), dueUs)
  }
}
