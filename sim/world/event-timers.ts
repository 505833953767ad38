/**
 * The timers of a simulated device, straight from the event queue. The server's workers have wheels of their own.
 */
import type { TimerHandle, Timers, TimerTarget } from '../../src/ports/timers.ts'
import type { EventQueue, PlannedEvent } from './event-queue.ts'

class EventTimer implements TimerHandle {
  readonly target: TimerTarget
  readonly event: PlannedEvent

  constructor(target: TimerTarget, event: PlannedEvent) {
    this.target = target
    this.event = event
  }
}

export class EventTimers implements Timers {
  readonly #events: EventQueue

  constructor(events: EventQueue) {
    this.#events = events
  }

  set(delayMs: number, target: TimerTarget, kind: number): TimerHandle {
    return new EventTimer(
      target,
      this.#events.after(delayMs, () => target.onTimer(kind)),
    )
  }

  cancel(handle: TimerHandle): void {
    this.#events.cancel((handle as EventTimer).event)
  }
}
