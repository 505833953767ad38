/**
 * Promise: a storm of short-lived Buffers makes no full collections by itself. A process of its own, since the flag is
 * for all of a process; counts of collections, no times.
 */
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, it } from 'vitest'

const module = join(import.meta.dirname, '../../../src/runtime/collect-seldom.ts')

/** Full collections of a thread that makes 780 MB of Buffers, each of which is garbage at once. */
function fullCollections(isSet: boolean): number {
  const thread = `
    const { PerformanceObserver, constants } = process.getBuiltinModule('node:perf_hooks')
    let count = 0
    new PerformanceObserver((list) => {
      for (const { detail } of list.getEntries()) if (detail.kind === constants.NODE_PERFORMANCE_GC_MAJOR) count++
    }).observe({ entryTypes: ['gc'] })
    // As much as 10,000 users are on one worker: what the heap may grow by follows from it.
    const alive = Array.from({ length: 20 }, () => new Array(1_000_000).fill(0.5))
    let made = 0
    const more = () => {
      for (let index = 0; index < 1_000; index++) Buffer.allocUnsafeSlow(6_500)
      if (++made < 120) setImmediate(more)
      else setTimeout(() => console.log(count, alive.length), 50)
    }
    more()`
  const program = `
    import { Worker } from 'node:worker_threads'
    import { collectSeldom } from ${JSON.stringify(module)}
    if (${isSet}) collectSeldom()
    new Worker(${JSON.stringify(thread)}, { eval: true })`
  const flags = ['--disable-warning=ExperimentalWarning', '--input-type=module', '--eval', program]
  return Number.parseInt(execFileSync(process.execPath, flags, { encoding: 'utf8' }), 10)
}

it('most of a gigabyte of Buffers that die young costs fewer full collections than V8 makes by itself', {
  timeout: 180_000,
}, () => {
  const [byItself, counted] = [fullCollections(false), fullCollections(true)]
  expect(byItself).toBeGreaterThan(3)
  expect(counted).toBeLessThan(byItself / 2)
})
