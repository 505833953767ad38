/**
 * How long a user waits for everything to be there (D2): from the moment when the sign-in was due to the own state
 * being published and every contact having been told.
 */
import type { Context } from './context.ts'

export class SignOn {
  readonly #context: Context
  /** -1: nobody waits. */
  #dueUs = -1
  #isPublished = false
  #isTold = false

  constructor(context: Context) {
    this.#context = context
  }

  /** Null: what comes is not waited for. */
  begin(dueUs: number | null): void {
    this.#dueUs = dueUs ?? -1
    this.#isPublished = this.#isTold = false
  }

  published(): void {
    this.#isPublished = true
    this.#look()
  }

  contactsTold(): void {
    this.#isTold = true
    this.#look()
  }

  #look(): void {
    if (this.#dueUs < 0 || !this.#isPublished || !this.#isTold) return
    this.#context.recorder.latency('D2', this.#dueUs, this.#dueUs, this.#context.outside.nowUs())
    this.#dueUs = -1
  }
}
