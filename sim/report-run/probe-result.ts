/**
 * What a report says of a load that was tried, for the search of the limit: whether everything holds at one end of the
 * conversion, and how much of each resource it took there.
 */
import type { ProbeResult } from '../limit/probe.ts'
import type { Bound } from '../profiles/range-of-three.ts'
import { levelsAt } from '../report/level-results.ts'
import type { Report } from '../report/report.ts'

/** Readings that say that a window was not what it should have been; the others are of the report as a whole. */
const unsteadyChecks = /^(?:steady:|generator:|steal|clock step)/

export function probeResult(report: Report, bound: Bound): ProbeResult {
  const { levels, resources, budgets, correctness, validity, run } = report
  const failing = [
    ...levelsAt(levels, bound).flatMap(({ name, ok }) => (ok ? [] : [name])),
    ...resources.flatMap(({ id, use, target }) => (use[bound] <= target ? [] : [id])),
    ...budgets.flatMap(({ id, ok }) => (ok ? [] : [id])),
    ...(correctness.ok ? [] : ['correctness']),
    ...(run.endedEarly === null ? [] : [run.endedEarly]),
  ]
  return {
    passes: failing.length === 0,
    // What fails does so however the window was; what passes must have been steady to count.
    unsteady: failing.length === 0 && validity.some(({ check, ok }) => !ok && unsteadyChecks.test(check)),
    use: Object.fromEntries(resources.map(({ id, use, target }) => [id, { use: use[bound], target }])),
    failing,
  }
}
