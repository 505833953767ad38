/**
 * The live driver against a real server on loopback: every transport, lists and single subscriptions, sessions, lost
 * lines, a killed server. What was planned is carried out, everything arrives, and nothing wrong is found.
 */
import { describe, expect, it } from 'vitest'
import { clean, countOf, recordOf } from '../../support/live-runs.ts'

const patience = 90_000

describe('a live run', () => {
  it.each([
    { transport: 'tcp', watching: 'list' },
    { transport: 'tls', watching: 'single' },
    { transport: 'udp', watching: 'single' },
    { transport: 'wss', watching: 'own-list' },
  ] as const)(
    'over $transport with contacts watched by $watching delivers and verifies everything',
    async ({ transport, watching }) => {
      const record = await recordOf({ transport, watching, plan: { extraPackages: ['presence.winfo', 'xcap-diff'] } })
      expect(record.endedEarly).toBeUndefined()
      expect(record.correctness).toMatchObject({ ...clean, excepted: 0 })
      // 40 users each with 4 contacts and 60 conversations of two messages; 30 changes of state.
      expect(record.correctness.checked).toBeGreaterThanOrEqual(40 * 4 + 2 * 60 + 30 * 4)
      // Over UDP the server asks for credentials again.
      expect(countOf(record, 'publish')).toBeGreaterThanOrEqual(40 + 30)
      expect(countOf(record, 'message')).toBeGreaterThanOrEqual(2 * 60)
      for (const id of ['D3', 'D4', 'D5'] as const) {
        const level = record.levels.find((each) => each.id === id)
        expect(level?.failures).toBe(0)
        expect(level?.latency.count).toBeGreaterThanOrEqual(120)
      }
      // The server is asked for its counters when the window has begun: the first of it may be in them already.
      expect(record.server?.counters.meridian_publishes_total).toBeGreaterThan(40 + 30 - 6)
      expect(record.server?.counters.meridian_publishes_total).toBeLessThanOrEqual(40 + 30)
      // A binding and a publication of each user at least.
      expect(record.server?.writes).toBeGreaterThan(2 * 40)
      expect(record.server?.commits).toBeGreaterThan(0)
      // Each commit of the window is flushed in it, but for one at either end; each worker's timers are looked at.
      expect(record.server?.flushUs?.count).toBeGreaterThanOrEqual(record.server!.commits - 2)
      expect(record.server?.eventLoopDelayUs?.count).toBeGreaterThan(100)
      expect(record.server?.idle?.seconds).toBeGreaterThanOrEqual(0.5)
      expect(record.server?.storeMappedBaseBytes).toBeGreaterThan(0)
    },
    patience,
  )

  it(
    'talks in sessions over several threads',
    async () => {
      const record = await recordOf({ threads: 2, plan: { sessions: true } })
      expect(record.correctness).toMatchObject({ ...clean, excepted: 0 })
      expect(countOf(record, 'session')).toBe(60)
      expect(record.levels.find(({ id }) => id === 'D3')?.latency.count).toBe(120)
    },
    patience,
  )

  it(
    'survives lost lines, sign-outs and users with two devices',
    async () => {
      const plan = { devices: 2, flowLossesPerSecond: 3, signOut: true, messagesPerSecond: 10 }
      const record = await recordOf({ plan, watching: 'single' })
      expect(record.correctness).toMatchObject(clean)
      expect(record.levels.flatMap(({ failures }) => failures)).toEqual(record.levels.map(() => 0))
    },
    patience,
  )

  it(
    'kills the server and finds everybody back, with the newest state',
    async () => {
      const record = await recordOf({ plan: { killAtMs: 5_000, workMs: 15_000, publishesPerSecond: 4 } })
      expect(record.correctness).toMatchObject(clean)
      for (const level of ['D8', 'D9']) {
        expect(record.levels.find(({ id }) => id === level)).toMatchObject({ failures: 0, latency: { count: 1 } })
      }
      expect(record.server?.cpuUserUs).toBeGreaterThan(0)
      expect(record.server?.writtenBytes).toBeGreaterThanOrEqual(0)
      expect(record.series.find(({ id }) => id === 'registered')?.values.at(-1)).toBe(40)
    },
    patience,
  )
})
