/**
 * A window that was not steady is measured once more at double length, and no third time.
 */
import { expect, it } from 'vitest'
import type { RunRecord } from '../../../sim/measure/run-record.ts'
import { steadied } from '../../../sim/report-run/steady-window.ts'
import { runRecord } from '../../support/run-records.ts'

const windows = { warmUpMs: 300_000, measureMs: 600_000 }
const steady = runRecord()
const values = Array.from({ length: 900 }, (_, at) => 0.02 + at * 0.00001)
const rising = runRecord({ series: [{ id: 'server.cpu', unit: 'cores', t0Ms: 0, stepMs: 1_000, values }] })

async function tried(records: readonly (RunRecord | null)[], aborted = false) {
  const asked: number[] = []
  const said: string[] = []
  const kept: RunRecord[] = []
  const control = new AbortController()
  if (aborted) control.abort()
  const made = await steadied<RunRecord | null>({
    windows,
    run: async ({ measureMs }) => {
      asked.push(measureMs / 1_000)
      return records[asked.length - 1] ?? null
    },
    recordOf: (record) => record,
    say: (line) => void said.push(line),
    keepUnsteady: (record) => void kept.push(record),
    signal: control.signal,
  })
  return { made, asked, said, kept }
}

it('a steady one is not repeated', async () => {
  expect(await tried([steady])).toEqual({ made: steady, asked: [600], said: [], kept: [] })
})

it('an unsteady one is, twice as long, and says what moved', async () => {
  const { made, asked, said } = await tried([rising, steady])
  expect(made).toBe(steady)
  expect(asked).toEqual([600, 1_200])
  expect(said).toEqual([expect.stringMatching(/^the window was not steady \(CPU .* %\): once more, 1200 s long$/)])
})

it('and no third time; where the second cannot be made the first stays', async () => {
  expect((await tried([rising, rising])).asked).toEqual([600, 1_200])
  expect((await tried([rising, null])).made).toBe(rising)
})

it('an unsteady one is kept before the longer is begun, and stays where that ends early', async () => {
  expect((await tried([rising, steady])).kept).toEqual([rising])
  expect((await tried([rising, { ...steady, endedEarly: 'it was interrupted' }])).made).toBe(rising)
})

it('nothing is asked again of a quick form, of a run that ended early, or when it was interrupted', async () => {
  expect((await tried([{ ...rising, quick: true }])).asked).toEqual([600])
  expect((await tried([{ ...rising, endedEarly: 'it was interrupted' }])).asked).toEqual([600])
  expect((await tried([rising], true)).asked).toEqual([600])
})
