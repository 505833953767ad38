/**
 * What the store thread's events mean for the server: whether it is ready, and whether it must be stopped and started
 * again. A full disk passes; a store that broke or whose thread died does not.
 */
import type { Log } from '../ports/log.ts'
import type { StoreEvent } from '../store/index.ts'

export class StoreHealth {
  readonly #log: Log
  readonly #broken = Promise.withResolvers<string>()
  #isBroken = false
  #isDiskLow = false

  constructor(log: Log) {
    this.#log = log
  }

  /** Why the server is not ready, or null. */
  get fault(): string | null {
    if (this.#isBroken) return 'broken'
    return this.#isDiskLow ? 'the disk is nearly full' : null
  }

  /** Resolves when nothing more can be promised: what was handed over may be written or not. */
  get broken(): Promise<string> {
    return this.#broken.promise
  }

  onEvent({ event, ...fields }: StoreEvent): void {
    this.#log.write(event === 'store.disk-recovered' ? 'info' : 'error', event, fields)
    switch (event) {
      case 'store.disk-low':
        this.#isDiskLow = true
        break
      case 'store.disk-recovered':
        this.#isDiskLow = false
        break
      case 'store.degraded':
      case 'store.thread-died':
        this.#isBroken = true
        this.#broken.resolve('detail' in fields ? fields.detail : event)
    }
  }
}
