/**
 * What a worker's pressure is made of: each of its queues can be the one that is too long.
 */
import { describe, expect, it } from 'vitest'
import { MetricsRegistry } from '../../../src/runtime/metrics.ts'
import { WorkerPressure } from '../../../src/runtime/worker-pressure.ts'

const queueNames = ['requests', 'store', 'bus', 'links'] as const

function pressure() {
  const lengths: Record<string, number> = { requests: 1, store: 2, bus: 3, links: 4 }
  const looks = { lateMs: 0, busy: 0, memory: 0 }
  const metrics = new MetricsRegistry()
  const made = new WorkerPressure(
    {
      backlog: {
        delayMs: () => 7,
        onTimersLate: (lateMs) => {
          looks.lateMs = lateMs
        },
      },
      busy: { share: 0.4, look: () => looks.busy++ },
      memory: { share: 0.6, look: () => looks.memory++ },
      queues: () => lengths,
    },
    metrics,
  )
  return { made, lengths, looks, metrics }
}

describe('the pressure of a worker', () => {
  it.each(queueNames)('the longest queue counts: %s', (queue) => {
    const { made, lengths } = pressure()
    lengths[queue] = 6_000
    made.look(0)
    expect(made.waitingCount()).toBe(6_000)
    lengths[queue] = 0
    made.look(0)
    expect(made.waitingCount()).toBeLessThan(5)
  })

  it('with each turn of the timers all of its parts are looked at', () => {
    const { made, looks } = pressure()
    made.look(30)
    expect(looks).toEqual({ lateMs: 30, busy: 1, memory: 1 })
    expect([made.delayMs(), made.busyShare(), made.memoryShare()]).toEqual([7, 0.4, 0.6])
  })

  it('is published by worker and queue', () => {
    const { made, metrics } = pressure()
    made.publish(metrics, 1)
    const values = metrics.snapshot().map(({ name, labels, value }) => [name, labels.queue ?? '', labels.worker, value])
    expect(values).toEqual(
      expect.arrayContaining([
        ['meridian_worker_memory_ratio', '', '1', 0.6],
        ['meridian_worker_busy_ratio', '', '1', 0.4],
        ['meridian_worker_waiting', 'store', '1', 2],
        ['meridian_worker_waiting', 'links', '1', 4],
      ]),
    )
  })
})
