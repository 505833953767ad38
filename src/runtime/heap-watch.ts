/**
 * The heap of this thread after each full collection: what is in use, without the garbage that comes and goes. A curve
 * of it shows a leak within minutes, where resident memory shows the garbage.
 */
import { constants, PerformanceObserver } from 'node:perf_hooks'
import { getHeapStatistics } from 'node:v8'
import type { Metrics } from '../ports/metrics.ts'
import { collectGarbage } from './collect-garbage.ts'

/** For as long as the thread lives; the first reading is that of a collection now. */
export function collectAndWatch(metrics: Metrics): void {
  const heap = metrics.gauge(
    'meridian_heap_after_collection_bytes',
    'Heap of the workers after the last full collection of each.',
  )
  const collections = metrics.counter('meridian_full_collections_total', 'Full collections of the heaps of workers.')
  const seconds = metrics.counter('meridian_collection_seconds_total', 'Time of collections of the heaps of workers.')
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      seconds.inc(entry.duration / 1_000)
      const { kind } = (entry as { detail?: { kind?: number } }).detail ?? {}
      if (kind !== constants.NODE_PERFORMANCE_GC_MAJOR) continue
      collections.inc()
      heap.set(getHeapStatistics().used_heap_size)
    }
  }).observe({ entryTypes: ['gc'] })
  collectGarbage()
}
