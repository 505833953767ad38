/**
 * The dry run: a server that costs nothing makes the same messages come, so that what is measured is the generator.
 */
import { expect, it } from 'vitest'
import { drillOptions } from '../../../sim/live/drill-options.ts'
import { drive } from '../../../sim/live/drive.ts'
import { clean, countOf } from '../../support/live-runs.ts'

it.each(['list', 'single'] as const)(
  'a dry run carries out the whole plan, with contacts watched by %s and sessions',
  async (watching) => {
    const options = drillOptions({ watching, plan: { sessions: true } })
    const driven = await drive({ ...options, target: 'null-server' })
    expect(driven).toMatchObject({ ok: true, record: { correctness: { ...clean, excepted: 0 } } })
    if (!driven.ok) return
    expect(driven.record.server).toBeUndefined()
    expect(countOf(driven.record, 'session')).toBe(60)
    expect(countOf(driven.record, 'publish')).toBe(40 + 30)
    expect(countOf(driven.record, 'message')).toBe(2 * 60)
  },
  60_000,
)
