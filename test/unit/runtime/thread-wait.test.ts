/**
 * What the kernel says of a thread that is kept from a processor.
 */
import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import { describe, expect, it } from 'vitest'
import { ownThreadFolder, waitedMs } from '../../../src/runtime/thread-wait.ts'

describe.runIf(process.platform === 'linux')('the time that a thread has waited for a processor', () => {
  it('grows when more threads want one than there are', { timeout: 30_000 }, async () => {
    const own = ownThreadFolder()!
    expect(own).toMatch(/^\/proc\/\d+\/task\/\d+$/)
    const beforeMs = waitedMs(own)
    const others = Array.from({ length: availableParallelism() + 1 }, () => new Worker('for (;;) ;', { eval: true }))
    const fromMs = performance.now()
    // Not for so long, but until it is seen: no machine is so slow that it never is.
    while (waitedMs(own) - beforeMs < 5 && performance.now() - fromMs < 20_000) Math.random()
    expect(waitedMs(own) - beforeMs).toBeGreaterThanOrEqual(5)
    await Promise.all(others.map((other) => other.terminate()))
  })

  it('is nothing of a thread that has ended', () => {
    expect(waitedMs('/proc/1/task/4194305')).toBe(0)
  })
})
