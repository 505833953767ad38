/**
 * Clock, timers and randomness of this process for one user agent. Node's own timers: a person has a handful, not 10⁵.
 */
import { randomBytes } from 'node:crypto'
import type { Clock } from '../ports/clock.ts'
import type { Entropy } from '../ports/entropy.ts'
import type { TimerHandle, Timers, TimerTarget } from '../ports/timers.ts'

export const processClock: Clock = {
  monotonicMs: () => performance.now(),
  wallMs: () => Date.now(),
  systemMs: () => Date.now(),
}

export const processEntropy: Entropy = {
  bytes: (count) => randomBytes(count),
  word: (count) => randomBytes(count).toString('hex'),
}

interface ProcessTimer extends TimerHandle {
  target: TimerTarget | null
  timeout: NodeJS.Timeout | null
}

export const processTimers: Timers = {
  set(delayMs, target, kind): TimerHandle {
    const timer: ProcessTimer = { target, timeout: null }
    timer.timeout = setTimeout(() => {
      timer.target = null
      target.onTimer(kind)
    }, delayMs)
    return timer
  },
  cancel(handle) {
    const timer = handle as ProcessTimer
    timer.target = null
    if (timer.timeout !== null) clearTimeout(timer.timeout)
  },
}
