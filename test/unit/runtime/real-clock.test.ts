/**
 * The steady wall clock over a restart of a worker: it goes on from main's, whatever has been done to the system's.
 */
import { afterEach, describe, expect, it, vi } from 'vitest'
import { RealClock, readSystemClock } from '../../../src/runtime/real-clock.ts'

const hourMs = 3_600_000

describe('steady wall clock', () => {
  afterEach(() => void vi.restoreAllMocks())

  it('is no earlier than the store was last written (D5)', () => {
    const futureMs = Date.now() + hourMs
    expect(new RealClock(readSystemClock(futureMs)).wallMs()).toBeGreaterThanOrEqual(futureMs)
  })

  it('takes over no step of the system clock when a worker starts anew', () => {
    const main = new RealClock(readSystemClock())
    const beforeMs = main.wallMs()
    const trueNow = Date.now
    vi.spyOn(Date, 'now').mockImplementation(() => trueNow() + hourMs)
    const worker = new RealClock(main.read())
    expect(worker.wallMs()).toBeGreaterThanOrEqual(beforeMs)
    expect(worker.wallMs() - beforeMs).toBeLessThan(hourMs / 2)
  })
})
