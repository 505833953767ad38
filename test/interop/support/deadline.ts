/**
 * Bounded waiting without polling: something that tells of its changes is asked again at each of them.
 */

/** Generous: clients and server share two slow cores. */
export const waitMs = 25_000

export class Bell {
  readonly #listeners = new Set<() => void>()

  ring(): void {
    for (const listener of [...this.#listeners]) listener()
  }

  /** What `look` finds, now or after a ring; an error that ends with `state()` when the time is over. */
  async until<T>(what: string, look: () => T | null | undefined, state: () => string, ms = waitMs): Promise<T> {
    const found = look()
    if (found !== null && found !== undefined) return found
    return new Promise((resolve, reject) => {
      const settle = (): void => {
        clearTimeout(timer)
        this.#listeners.delete(listener)
      }
      const listener = (): void => {
        try {
          const now = look()
          if (now === null || now === undefined) return
          settle()
          resolve(now)
        } catch (error) {
          settle()
          reject(error)
        }
      }
      const timer = setTimeout(() => {
        settle()
        reject(new Error(`no ${what} within ${ms} ms; there was:\n${state()}`))
      }, ms)
      this.#listeners.add(listener)
    })
  }
}
