/**
 * Timers of main, which has a handful and no wheel (port Timers). They keep no process alive.
 */
import type { TimerHandle, Timers, TimerTarget } from '../ports/timers.ts'

interface NodeHandle extends TimerHandle {
  readonly timeout: NodeJS.Timeout
}

export class NodeTimers implements Timers {
  readonly #open = new Set<NodeJS.Timeout>()

  set(delayMs: number, target: TimerTarget, kind: number): TimerHandle {
    const timeout = setTimeout(() => {
      this.#open.delete(timeout)
      target.onTimer(kind)
    }, delayMs)
    timeout.unref()
    this.#open.add(timeout)
    return { target, timeout } as NodeHandle
  }

  cancel(handle: TimerHandle): void {
    const { timeout } = handle as NodeHandle
    this.#open.delete(timeout)
    clearTimeout(timeout)
  }

  close(): void {
    for (const timeout of this.#open) clearTimeout(timeout)
    this.#open.clear()
  }
}
