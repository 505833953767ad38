/**
 * What failed in our own code, and what was refused because of that: the two numbers that should stay at zero.
 */
import type { Counter, Metrics } from '../ports/metrics.ts'

export interface FailureCounters {
  readonly failedUnits: Counter
  readonly refusedPoison: Counter
}

export function failureCounters(metrics: Metrics, part: 'edge' | 'shard'): FailureCounters {
  return {
    failedUnits: metrics.counter('meridian_failed_units_total', 'Units of work in which our code threw', { part }),
    refusedPoison: metrics.counter('meridian_refused_poison_total', 'Refused because our code threw before', { part }),
  }
}
