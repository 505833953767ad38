/**
 * Metrics that nobody reads (port Metrics).
 */
import type { Metrics } from '../../src/ports/metrics.ts'

const nothing = { inc: () => {}, set: () => {}, observe: () => {} }

export const noMetrics: Metrics = { counter: () => nothing, gauge: () => nothing, histogram: () => nothing }
