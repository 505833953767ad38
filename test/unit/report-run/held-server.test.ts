/**
 * The server of a run held inside a profile: again when it is started anew, let go before it is stopped, and a clear
 * message where that may not be done.
 */
import { describe, expect, test } from 'vitest'
import type { ApplyOptions, ApplyResult } from '../../../sim/profiles/apply/apply-profile.ts'
import { coresFor, HeldServer, holdingWords, whyNotHeld } from '../../../sim/report-run/held-server.ts'

const limits = { cores: 0.1, memoryBytes: 2 ** 30 }

function kernel() {
  const done: string[] = []
  const apply = ({ pid, limits: { cores } }: ApplyOptions): ApplyResult => {
    done.push(`hold ${pid} to ${cores}`)
    const readings = () => ({
      periods: 100,
      throttledPeriods: 25,
      throttledMs: 40,
      memoryPeakBytes: 1,
      memoryLimitHits: 0,
      killedForMemory: pid === 12 ? 1 : 0,
    })
    const remove = () => void done.push(`release ${pid}`)
    const quota = { quotaUs: 1_000, periodUs: 10_000 }
    return { ok: true, applied: { quota, version: 1, inside: (line) => line, readings, remove } }
  }
  return { done, apply }
}

describe('a held server', () => {
  test('that is started anew is held again, and the readings of both are kept', () => {
    const { done, apply } = kernel()
    const held = new HeldServer(limits, apply)
    held.hold(11)
    held.hold(12)
    held.release()
    held.release()
    expect(done).toEqual(['hold 11 to 0.1', 'release 11', 'hold 12 to 0.1', 'release 12'])
    expect(holdingWords('mid', held)).toEqual([
      'mid: the quota was used up in 25 % of its periods of 10 ms, so much a latency may be off',
      'mid: 1 processes were killed, the memory of the profile was full',
    ])
  })

  test('has cores of its own only where one is left for the users', () => {
    expect(coresFor(0.1, 2)).toEqual([0])
    expect(coresFor(1.5, 4)).toEqual([0, 1])
    expect(coresFor(0.5, 1)).toBeNull()
    expect(coresFor(2, 2)).toBeNull()
  })
})

describe('before any run', () => {
  test('the limits are tried on a process that does nothing, and taken back', async () => {
    const { done, apply } = kernel()
    expect(await whyNotHeld(limits, apply)).toBeNull()
    expect(done.map((each) => each.split(' ')[0])).toEqual(['hold', 'release'])
  })

  test('what is refused is told with what would help', async () => {
    const message = 'the limits of the profile cannot be set (EACCES); the result is projected only. Run as root'
    expect(await whyNotHeld(limits, () => ({ ok: false, message }))).toBe(message)
  })
})
