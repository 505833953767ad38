/** Whether other work goes on on this machine before a run begins, for the warnings of a report. */
import { availableParallelism, loadavg } from 'node:os'

/** Of the cores: less is what any machine does beside. */
const busyShare = 0.25

export function loadWarnings(load = loadavg()[0] ?? 0, cores = availableParallelism()): readonly string[] {
  if (load <= cores * busyShare) return []
  const words = `${load.toFixed(1)} processes wanted its ${cores} cores before the run`
  return [`this machine was busy with other work: ${words}; times are worse than it can do`]
}
