/**
 * What several workers saw comes out in the order of its times, once and whole, however they tell it (`meridian
 * trace`).
 */
import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { MergedOrder, type TracedMessage } from '../../src/tracing/index.ts'

const workersCount = 3
/** Each: a worker tells what it saw up to now. */
const tellings = fc.array(fc.record({ worker: fc.nat(workersCount - 1), sawCount: fc.nat(4) }), { maxLength: 60 })

it('in order, nothing lost and nothing twice', () => {
  fc.assert(
    fc.property(tellings, (told) => {
      const merged = new MergedOrder(workersCount)
      const toldUs = Array.from({ length: workersCount }, () => 0)
      let nowUs = 0
      const seen: number[] = []
      const out: TracedMessage[] = []
      for (const { worker, sawCount } of told) {
        nowUs += 1_000
        const times = Array.from({ length: sawCount }, (_, index) => toldUs[worker]! + 1 + index * 7 + worker)
        merged.add(times.map((atUs) => ({ atUs, worker }) as TracedMessage))
        merged.told(worker, nowUs)
        toldUs[worker] = nowUs
        seen.push(...times)
        out.push(...merged.release(nowUs))
      }
      out.push(...merged.releaseAll())
      const times = out.map(({ atUs }) => atUs)
      expect(times).toEqual(seen.toSorted((left, right) => left - right))
    }),
  )
})

it('a worker that is silent for a second is not waited for', () => {
  const merged = new MergedOrder(2)
  merged.add([{ atUs: 10, worker: 0 } as TracedMessage])
  merged.told(0, 20)
  expect(merged.release(1_000_009)).toEqual([])
  expect(merged.release(1_000_010)).toHaveLength(1)
})
