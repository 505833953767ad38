/**
 * When an idle server is idle: after thousands have signed in V8 goes on collecting and compiling for some twenty
 * seconds, which is no cost of waiting. Looks at what it spends until that no longer falls.
 */

export interface SettledWait {
  /** Processor time that the server has spent so far, µs. */
  spentMicros(): number
  pause(ms: number): Promise<unknown>
  /** Never sooner: the first slices are alike, all of them busy. */
  readonly leastMs: number
  readonly mostMs: number
  readonly sliceMs: number
}

/** A slice that spends more than this part of the one before has stopped falling. */
const stillFalling = 0.8

/** Milliseconds waited; `mostMs` where it never settled. */
export async function untilSettled(wait: SettledWait): Promise<number> {
  const { sliceMs, leastMs, mostMs } = wait
  let waitedMs = 0
  let before = Number.POSITIVE_INFINITY
  let fromMicros = wait.spentMicros()
  while (waitedMs < mostMs) {
    await wait.pause(sliceMs)
    waitedMs += sliceMs
    const nowMicros = wait.spentMicros()
    const spent = nowMicros - fromMicros
    if (waitedMs >= leastMs && spent > before * stillFalling) return waitedMs
    before = spent
    fromMicros = nowMicros
  }
  return mostMs
}
