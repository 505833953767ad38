/**
 * A window that was not steady is measured once more, twice as long; what is not steady then is judged as it is. Where
 * that one ends early, the first is.
 */
import type { RunRecord } from '../measure/run-record.ts'
import { steadinessReadings } from '../report/steadiness.ts'
import type { Windows } from '../workload/plan.ts'

export interface SteadyAttempt<Made> {
  readonly windows: Windows
  readonly run: (windows: Windows) => Promise<Made>
  /** Null: there is none, and the reason is told otherwise. */
  readonly recordOf: (made: Made) => RunRecord | null
  readonly say: (line: string) => void
  /** A whole run that was not steady: it is the best there is if the longer one does not end. */
  readonly keepUnsteady: (record: RunRecord) => void
  readonly signal: AbortSignal
}

/** Of a quick form and of a run that ended early nothing is asked again: neither is a capacity. */
export async function steadied<Made>(attempt: SteadyAttempt<Made>): Promise<Made> {
  const { windows, run, recordOf, say, keepUnsteady, signal } = attempt
  const first = await run(windows)
  const record = recordOf(first)
  if (record === null || record.quick || record.endedEarly !== undefined || signal.aborted) return first
  const moving = steadinessReadings(record).filter(({ ok }) => !ok)
  if (moving.length === 0) return first
  keepUnsteady(record)
  const what = moving.map(({ check, reading }) => `${check.replace('steady: ', '')} ${reading}`).join(', ')
  const measureMs = windows.measureMs * 2
  say(`the window was not steady (${what}): once more, ${measureMs / 1_000} s long`)
  const second = await run({ ...windows, measureMs })
  const longer = recordOf(second)
  return longer === null || longer.endedEarly !== undefined ? first : second
}
